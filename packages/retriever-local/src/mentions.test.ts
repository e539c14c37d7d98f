import { describe, expect, it } from "vitest";
import { mentionsIn } from "./mentions.ts";
import { scanMarkdown } from "./scan-markdown.ts";
import { scanPython } from "./scan-python.ts";

/** `line id owner` of each place in Python code. */
function inPython(text: string): readonly string[] {
  return mentionsIn(text, scanPython(Buffer.from(text))).map(({ line, id, name }) => `${line} ${id} ${name}`);
}

describe("mentionsIn", () => {
  it("finds ids in comments, docstrings, decorators and code, with what they stand in", () => {
    const text = `"""Books (NFR-2)."""
# FR-9 stands above everything
class Shelf:
    """Keeps them: FR-001."""
    def put(self):
        raise ValueError("FR2")  # FR-1 and REQ_7

@pytest.mark.spec("FR-AUTH-3")
def test_login(): ...
`;
    expect(inPython(text)).toEqual([
      "1 NFR-2 ",
      "2 FR-9 ",
      "4 FR-1 Shelf",
      "6 FR-2 Shelf.put",
      "6 FR-1 Shelf.put",
      "6 REQ-7 Shelf.put",
      "8 FR-AUTH-3 test_login",
    ]);
  });

  it("reads the ids in names of tests, and in no other names", () => {
    const text =
      "class TestA:\n    def test_fr_1_keeps(self): ...\ndef test_the_nfr02(): ...\ndef fr_3(): ...\n";
    expect(inPython(text)).toEqual(["2 FR-1 TestA.test_fr_1_keeps", "3 NFR-2 test_the_nfr02"]);
  });

  it.each([
    "UTF-8",
    "SHA-256",
    "XFR-1",
    "A-FR-1",
    "FR-",
    "FR-1a",
    "ERR-1",
    "fr-1",
    "RFC-2119",
    "FR-1234567890",
  ])("takes %s for no id", (text) => {
    expect(inPython(`# ${text}\n`)).toEqual([]);
  });

  it("names each id once for what it stands in, and only so many for a file", () => {
    expect(inPython("def f():\n    # FR-1 FR-1\n    # FR-1\n")).toEqual(["2 FR-1 f"]);
    const many = Array.from({ length: 1_000 }, (_, index) => `# FR-${index}`).join("\n");
    expect(inPython(many)).toHaveLength(200);
  });

  it("takes no longer for a line of a mebibyte than for as much in short lines", () => {
    const took = (end: string): number => {
      const text = `# FR-1${end}`.repeat(2 ** 20 / 7);
      const times = [0, 1, 2].map(() => {
        const start = performance.now();
        mentionsIn(text, []);
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    expect(took(" ") / took("\n")).toBeLessThan(5);
  });

  it("gives places in documents the heading above them", () => {
    const text = "FR-1\n# Shelf\n\nSee FR-2.\n";
    expect(mentionsIn(text, scanMarkdown(text)).map(({ line, id, name }) => [line, id, name])).toEqual([
      [1, "FR-1", ""],
      [4, "FR-2", "Shelf"],
    ]);
  });
});
