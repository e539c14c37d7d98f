import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { at, hasFaketime } from "./at.ts";
import { towpath, type Called } from "./towpath.ts";
import { voyagePlugin } from "./voyage.ts";

const row = (requirement: string, state: string): object => ({
  requirement,
  title: `${requirement} \u001b[31mis kept`,
  at: { file: "specs/foo.md", line: 3, column: 1, endColumn: 2 },
  proof: "test",
  state,
  tests:
    state === "proven"
      ? [{ id: "tests/test_a.py::test_a", outcome: "passed", file: "tests/test_a.py", line: 1 }]
      : [],
});

/** A project whose gate `trace` says what stands in a file. */
async function traced(rows: readonly object[], changes = "{}"): Promise<{ root: string; checked: Called }> {
  const setup = `api.gate({ name: "trace", category: "specification", stages: ["testing"], code: "TP1134",
    executesCode: false, async check(ctx) {
      const rows = JSON.parse(fs.readFileSync(path.join(ctx.workspace.root, "rows.json"), "utf8"));
      return { ...evidence, ...${changes}, details: { schemaVersion: 1, rows } };
    } })`;
  const { root } = await project({
    "src/foo/a.py": "a = 1\n",
    "rows.json": JSON.stringify(rows),
    "own.mjs": voyagePlugin({ setup }),
    "towpath.config.yaml":
      "plugins: [./own.mjs]\ncomponents: {foo: {source: [src/foo]}, bar: {source: [src/foo]}}\n",
  });
  return { root, checked: await towpath(["check", "trace", "--component", "foo"], { cwd: root }) };
}

const trace = (root: string, ...more: readonly string[]): Promise<Called> =>
  towpath(["trace", "--component", "foo", ...more], { cwd: root });

describe("towpath trace", () => {
  it.each([
    ["every requirement is proven", ["proven", "other-proof"], 0],
    ["one is optional and has no test", ["proven", "deferred"], 0],
    ["one has no proof", ["proven", "gap"], 1],
    ["one fails", ["proven", "failing"], 1],
    ["none is required, and none proven", ["deferred"], 1],
    ["there is none", [], 1],
  ])("when %s", async (_, states, code) => {
    const { root } = await traced(states.map((state, index) => row(`FR-${index + 1}`, state)));
    const { code: exit, stdout } = await trace(root);
    expect(exit).toBe(code);
    expect(stdout).not.toContain("\u001b");
  });

  it("is stale as soon as the code changes", async () => {
    const { root } = await traced([row("FR-1", "proven")]);
    await writeFile(join(root, "src/foo/a.py"), "a = 2\n");
    const { code, stdout } = await trace(root);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/have changed since\.\nnext +towpath check trace/),
    ]);
    const document = JSON.parse((await trace(root, "--json")).stdout);
    expect([document.changed, document.stale, document.target]).toEqual([true, true, "dev"]);
  });

  it.skipIf(!hasFaketime)(
    `is stale when it is too long ago, though nothing has changed${hasFaketime ? "" : " (skipped: faketime is not installed)"}`,
    async () => {
      const { root } = await traced([row("FR-1", "other-proof")]);
      const later = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 19).replace("T", " ");
      const { code, stdout } = await at(later, ["trace", "--component", "foo"], root);
      expect([code, stdout]).toEqual([1, expect.stringContaining("That is too long ago")]);
    },
  );

  it("proves nothing by what a gate has seen that could not decide", async () => {
    const { root, checked } = await traced([row("FR-1", "proven")], "{ checked: 0 }");
    expect(checked.code).toBe(3);
    const { code, stderr } = await trace(root);
    expect([code, stderr]).toEqual([3, expect.stringContaining("TP6301")]);
  });

  it("has nothing of another component, and knows none that is not declared", async () => {
    const { root } = await traced([row("FR-1", "proven")]);
    const other = await towpath(["trace", "--component", "bar"], { cwd: root });
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining("TP6301")]);
    const unknown = await towpath(["trace", "--component", "nobody"], { cwd: root });
    expect([unknown.code, unknown.stdout]).toEqual([2, ""]);
  });
});
