import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { towpath } from "./towpath.ts";
import { voyage } from "./voyage.ts";

/** A gate that finds each line of a file, by the line's words. */
const finder = `const file = path.join(ctx.workspace.root, "src/foo/a.py");
  const words = fs.readFileSync(file, "utf8").split("\\n").filter((line) => line.startsWith("# "));
  return { ...evidence, measurements: [{ ...evidence.measurements[0], value: words.length }], findings: words.map((word) => ({
    fingerprint: word, tool: "t", rule: "R1", level: "error", message: word + "\\u001b[2J", file: "src/foo/a.py" })) };`;

interface Status {
  readonly components: readonly {
    readonly results: readonly {
      readonly tree: string;
      readonly fresh?: readonly string[];
      readonly result: {
        readonly gate: string;
        readonly findings: readonly unknown[];
        readonly basis?: unknown;
      };
    }[];
  }[];
}

const resultsOf = async (root: string): Promise<Status["components"][number]["results"]> => {
  const { code, stdout } = await towpath(["status", "foo", "--findings", "--json"], { cwd: root });
  expect(code).toBe(0);
  return (JSON.parse(stdout) as Status).components[0]?.results ?? [];
};

describe("towpath status --findings", () => {
  it("tells what the last results found, what is new in it, and whether the code has changed since", async () => {
    const { root, write } = await voyage({ testing: finder }, "", { "src/foo/a.py": "# one\n" });
    expect(await resultsOf(root)).toEqual([]);

    const check = async (...args: readonly string[]) => towpath(["check", ...args, "-q"], { cwd: root });
    expect((await check("at-testing")).code).toBe(1);
    const [first] = await resultsOf(root);
    expect([first?.tree, first?.fresh, first?.result.findings.length]).toEqual(["unchanged", undefined, 1]);

    await write("src/foo/a.py", "# one\n# two\n");
    expect((await resultsOf(root)).map(({ tree }) => tree)).toEqual(["changed"]);
    await check("at-testing");
    const [second] = await resultsOf(root);
    expect([second?.tree, second?.fresh]).toEqual(["unchanged", ["# two"]]);

    // A check of another gate hides nothing.
    await check("at-refactoring");
    const both = await resultsOf(root);
    expect(both.map(({ result }) => result.gate).toSorted()).toEqual(["at-refactoring", "at-testing"]);
    expect(both.every(({ result }) => result.basis === undefined)).toBe(true);
  });

  it("shows people the findings, without what moves their cursor", async () => {
    const { root, write } = await voyage({ testing: finder }, "", { "src/foo/a.py": "# one\n" });
    await towpath(["check", "at-testing", "-q"], { cwd: root });
    await write("src/foo/b.py", "");
    const { stdout } = await towpath(["status", "--findings"], { cwd: root });
    expect(stdout).toContain(
      "at-testing  the component has changed since\n    src/foo/a.py  error  R1  # one\n",
    );
    expect(stdout).not.toContain("\u001b[2J");
  });
});

describe("towpath runs show --result", () => {
  it("prints what the run reported, as it did", async () => {
    const { root } = await voyage();
    const ran = JSON.parse((await towpath(["check", "--json"], { cwd: root })).stdout) as Record<
      string,
      unknown
    >;
    const shown = await towpath(["runs", "show", String(ran["run"]), "--result", "--json"], { cwd: root });
    const { files: _, ...reported } = ran;
    expect([shown.code, JSON.parse(shown.stdout)]).toEqual([0, reported]);
    const people = await towpath(["runs", "show", String(ran["run"]), "--result"], { cwd: root });
    expect(people.stdout).toContain("at-testing");
  });

  it.each(["../../etc", "20200101-000000-0000"])("knows no run %s", async (run) => {
    const { root } = await voyage();
    const { code, stdout } = await towpath(["runs", "show", run, "--result", "--json"], { cwd: root });
    expect([code, JSON.parse(stdout)]).toEqual([2, expect.objectContaining({ kind: "error" })]);
  });

  it("says that a damaged record is none", async () => {
    const { root, write } = await voyage();
    const { run } = JSON.parse((await towpath(["check", "--json"], { cwd: root })).stdout) as { run: string };
    const path = `.towpath/runs/${run}/result.json`;
    const whole = await readFile(join(root, path), "utf8");
    await write(path, whole.slice(0, -20));
    expect((await towpath(["runs", "show", run, "--result"], { cwd: root })).stderr).toContain("TP6003");
    await rm(join(root, path));
    expect((await towpath(["runs", "show", run, "--result"], { cwd: root })).stderr).toContain("TP6003");
  });
});
