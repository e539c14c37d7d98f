import { describe, expect, it } from "vitest";
import { parseOnce } from "./parse-once.ts";
import { parseSpec } from "./parse-spec.ts";

const text = "# Shelf\n\n## Requirements\n\n- **FR-1**: keep books\n";

describe("parseOnce", () => {
  it("gives what parseSpec gives, and the same document for the same text", async () => {
    const doc = await parseOnce(text, "a.md");
    expect(doc).toEqual(parseSpec(text, "a.md"));
    expect(await parseOnce(text, "a.md")).toBe(doc);
  });

  it("reads anew when the text or the file is another", async () => {
    await parseOnce(text, "a.md");
    expect((await parseOnce(text, "b.md")).file).toBe("b.md");
    expect((await parseOnce(`${text}- **FR-2**: lend books\n`, "b.md")).requirements).toHaveLength(2);
  });
});
