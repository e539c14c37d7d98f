import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Retrieval } from "@towpath/core";
import { project } from "@towpath/testkit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contextFor, specOf } from "../test/testing.ts";
import { localRetriever } from "./local-retriever.ts";

const shelf = {
  ".gitignore": "build/\n",
  "specs/shelf.md": "# Shelf\n\nFR-1: keep the order of books\n",
  "docs/ordering.md": "# Keeping books in order\n\nHow the order of books is kept.\n",
  "build/copy.py": "class Shelf: ...\n",
  "src/shelf/__init__.py": '"""A shelf."""\n',
  "src/shelf/shelf.py": `class Shelf:
    """Holds things."""

    def put(self, book: str) -> None:
        """Places one, see FR-1."""

    def count(self) -> int:
        """How many there are."""
`,
  "src/other/shelf.py": "class Shelf:\n    def put(self): ...\n\n# FR-2\ndef lend(reader): ...\n",
  "src/other/order.py": "def keep_order_of_books(): ...\n",
  "tests/test_shelf.py": 'import pytest\n\n@pytest.mark.spec("FR-2")\ndef test_lending(): ...\n',
};
const spec = specOf(
  [
    { id: "FR-1", title: "Keep the order of books", text: "MUST keep it when one is put between others." },
    { id: "FR-2", title: "Lend to readers", criteria: [] },
    { id: "frobnicate-quietly", title: "Frobnicate quietly", synthetic: true },
  ],
  "class Shelf:\n    def put(self, book): ...\n",
);

async function retrieve(files: Readonly<Record<string, string>>, limit = 50): Promise<Retrieval> {
  const { root } = await project(files, { git: true });
  return localRetriever.retrieve({ spec, limit }, await contextFor(root));
}

/** `path:line symbol requirements` of each hit. */
function outline({ hits }: Retrieval): readonly string[] {
  return hits.map(
    ({ path, line, symbol, requirements }) => `${path}:${line} ${symbol} ${requirements.join()}`,
  );
}

describe("localRetriever", () => {
  it("asks about so many requirements and names of a specification, and says what it left out", async () => {
    const each = Array.from({ length: 501 }, (_, index) => index + 1);
    const vast = specOf(
      each.map((id) => ({ id: `FR-${id}`, title: "Keep books" })),
      each.map((id) => `def keep_${id}(): ...\n`).join(""),
    );
    const { root } = await project({ "src/shelf/a.py": "# FR-500\n# FR-501\ndef keep_501(): ...\n" });
    const found = await localRetriever.retrieve({ spec: vast, limit: 50 }, await contextFor(root));
    expect(found).toMatchObject({
      consulted: true,
      reason:
        "only the first 500 of 501 requirements were asked about; only the first 500 of 501 names of the API were asked about",
    });
    expect(found.hits.flatMap(({ requirements }) => requirements)).not.toContain("FR-501");
  });

  it("puts names of the API and named requirements of the component first, then those of others", async () => {
    const found = await retrieve(shelf);
    expect(found).toMatchObject({ retriever: "local", consulted: true });
    expect(outline(found).slice(0, 5)).toEqual([
      "src/shelf/shelf.py:1 Shelf ",
      "src/shelf/shelf.py:4 Shelf.put FR-1",
      "tests/test_shelf.py:3 test_lending FR-2",
      "src/other/shelf.py:1 Shelf ",
      "src/other/shelf.py:2 Shelf.put FR-1",
    ]);
    expect(found.hits[1]).toEqual({
      kind: "symbol",
      path: "src/shelf/shelf.py",
      line: 4,
      symbol: "Shelf.put",
      text: "def put(self, book: str) -> None\nPlaces one, see FR-1.",
      score: 1,
      requirements: ["FR-1"],
    });
    expect(found.hits[2]).toMatchObject({ kind: "requirement", text: '@pytest.mark.spec("FR-2")' });
  });

  it("finds code and documents by the words of requirements", async () => {
    const found = await retrieve(shelf);
    const named = found.hits.filter(({ path }) => /order/.test(path));
    expect(named.map(({ kind, path, requirements }) => [kind, path, requirements])).toEqual(
      expect.arrayContaining([
        ["document", "docs/ordering.md", ["FR-1"]],
        ["symbol", "src/other/order.py", ["FR-1"]],
      ]),
    );
    expect(found.hits.find(({ symbol }) => symbol === "lend")?.requirements).toEqual(["FR-2"]);
  });

  it("neither answers with the specification itself nor with what git ignores", async () => {
    const paths = (await retrieve(shelf)).hits.map(({ path }) => path);
    expect(paths).not.toContain("specs/shelf.md");
    expect(paths).not.toContain("build/copy.py");
  });

  it("keeps to the limit, with the same hits in the same order every time", async () => {
    const all = outline(await retrieve(shelf));
    expect(all.length).toBeGreaterThan(7);
    for (const limit of [0, 1, 7]) expect(outline(await retrieve(shelf, limit))).toEqual(all.slice(0, limit));
  });

  it("gives every named requirement a place before one has two", async () => {
    const tests = (id: number): string =>
      Array.from({ length: 9 }, (_, index) => `def test_fr_${id}_case_${index}(): ...\n`).join("");
    const found = await retrieve({ ...shelf, "tests/test_a.py": tests(1), "tests/test_b.py": tests(2) }, 6);
    expect(
      found.hits
        .slice(2, 5)
        .flatMap(({ requirements }) => requirements)
        .toSorted(),
    ).toEqual(["FR-1", "FR-2", "FR-2"]);
  });

  it("says of a test that names requirements that it belongs to those, whatever its words are", async () => {
    const named = 'def test_fr_2_keep_the_order_of_books():\n    """Keep the order of books."""\n';
    const found = await retrieve({ ...shelf, "tests/test_order.py": named });
    expect(found.hits.find(({ path }) => path === "tests/test_order.py")?.requirements).toEqual(["FR-2"]);
  });

  it("makes the text of files harmless and short", async () => {
    const { root } = await project({
      "src/shelf/a.py": `class Shelf:\n    """\u001b[31m${"x ".repeat(5_000)}\u202e"""\n`,
    });
    const found = await localRetriever.retrieve({ spec, limit: 5 }, await contextFor(root));
    expect(found.hits[0]?.text).toMatch(/^class Shelf\nx x/);
    expect(found.hits[0]?.text.length).toBeLessThan(600);
  });

  it("does not trust an index that a stranger's tree brings, and leaves none there", async () => {
    const { root } = await project(shelf);
    const trusted = await contextFor(root, { now: Date.now() + 60_000 });
    await localRetriever.retrieve({ spec, limit: 5 }, trusted);
    const logged: string[] = [];
    await localRetriever.retrieve({ spec, limit: 5 }, { ...trusted, log: (line) => logged.push(line) });
    await localRetriever.retrieve(
      { spec, limit: 5 },
      { ...trusted, trusted: false, log: (line) => logged.push(line) },
    );
    expect(logged).toEqual([
      expect.stringContaining(" 0 read anew"),
      expect.stringContaining(" 7 read anew"),
    ]);
  });

  it("was not consulted when the files cannot be listed, or the run is stopped", async () => {
    const { root } = await project(shelf);
    const ctx = await contextFor(root);
    const list = async (): Promise<never> => {
      throw new Error("no list \u001b[31mtoday");
    };
    expect(
      await localRetriever.retrieve({ spec, limit: 5 }, { ...ctx, workspace: { ...ctx.workspace, list } }),
    ).toEqual({
      retriever: "local",
      consulted: false,
      reason: "no list today",
      hits: [],
    });
    const signal = AbortSignal.abort(new Error("stopped by a signal"));
    const stopped = await localRetriever.retrieve({ spec, limit: 5 }, { ...ctx, signal });
    expect(stopped).toMatchObject({ consulted: false, reason: "stopped by a signal", hits: [] });
  });

  it("was not consulted when no file could be read, which is not nothing found", async () => {
    const { root } = await project({ "src/shelf/a.py": "\0" });
    const found = await localRetriever.retrieve({ spec, limit: 5 }, await contextFor(root));
    expect(found).toMatchObject({ consulted: false, reason: "none of 1 files could be read: 1 binary" });
    const empty = await project({ "src/shelf/a.txt": "" });
    expect(await localRetriever.retrieve({ spec, limit: 5 }, await contextFor(empty.root))).toMatchObject({
      consulted: true,
      hits: [],
    });
  });

  it("tells what was skipped", async () => {
    const { root } = await project({ ...shelf, "src/shelf/b.py": "\0" });
    const logged: string[] = [];
    await localRetriever.retrieve({ spec, limit: 5 }, await contextFor(root, { logged }));
    expect(logged).toEqual(["7 of 8 Python and Markdown files, 7 read anew; skipped: 1 binary"]);
  });

  it("answers for any specification and any code, with scores from 0 to 1 in falling order", async () => {
    const { root } = await project(shelf);
    const ctx = await contextFor(root);
    await mkdir(join(root, "src/any"), { recursive: true });
    const title = fc.string({ unit: "grapheme" });
    await fc.assert(
      fc.asyncProperty(fc.array(title, { maxLength: 4 }), title, fc.nat(8), async (titles, code, limit) => {
        writeFileSync(join(root, "src/any/any.py"), `class Any:\n    """${code}"""\n${code}\n`);
        const any = specOf(
          titles.map((one, index) => ({ id: `FR-${index}`, title: one })),
          code,
        );
        const { consulted, hits } = await localRetriever.retrieve({ spec: any, limit }, ctx);
        expect(consulted).toBe(true);
        expect(hits.length).toBeLessThanOrEqual(limit);
        expect(hits.every(({ score }) => score >= 0 && score <= 1)).toBe(true);
        expect(hits.toSorted((a, b) => b.score - a.score)).toEqual(hits);
      }),
      { numRuns: 50 },
    );
  });
});
