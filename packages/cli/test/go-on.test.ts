import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunReport } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { towpath, type Called } from "./towpath.ts";
import { effects, voyage } from "./voyage.ts";

const toProduction = ["run", "--component", "foo", "--target", "production"];
const report = ({ stdout }: Called): RunReport => JSON.parse(stdout);
const applies = async (root: string): Promise<readonly string[]> =>
  (await effects(root)).filter(({ action }) => action === "apply").map(({ environment }) => environment);
const runsOf = async (root: string): Promise<readonly { readonly run: string; readonly status: string }[]> =>
  JSON.parse((await towpath(["runs", "list", "--json"], { cwd: root })).stdout).runs;

/** Code of a gate that is asked a first time only once. */
const first =
  "const seen = path.join(ctx.workspace.root, 'seen'); const again = fs.existsSync(seen); fs.writeFileSync(seen, '');";

describe("--wait", () => {
  it("goes on by itself when the time has come, in the same run", async () => {
    const soon = `${first} if (!again) return { ...evidence, waiting: { for: "a moment", until: Date.now() + 700 } }`;
    const { root } = await voyage({ production: soon });
    const waited = await towpath([...toProduction, "--wait", "--json"], { cwd: root });
    expect([waited.code, report(waited).status]).toEqual([0, "closed"]);
    expect(await applies(root)).toEqual(["staging", "production"]);
    expect((await runsOf(root)).map(({ status }) => status)).toEqual(["closed"]);
  });

  it("holds nothing while it waits, and goes on when somebody vouches", async () => {
    const person = `if (!fs.existsSync(path.join(ctx.workspace.root, "vouched"))) return { ...evidence, waiting: { for: "a person" } }`;
    const { root, write } = await voyage({ production: person });
    const waiting = towpath([...toProduction, "--wait"], { cwd: root });
    await expect.poll(async () => (await runsOf(root))[0]?.status, { timeout: 20_000 }).toBe("parked");
    await write("vouched", "");
    const attested = await towpath(["attest", "security-review", "--component", "foo", "--expires", "1d"], {
      cwd: root,
    });
    expect(attested.code).toBe(0);
    expect((await waiting).code).toBe(0);
    expect(await applies(root)).toEqual(["staging", "production"]);
  });

  it("ends at a signal, and leaves a run that waits", async () => {
    const { root } = await voyage({ production: `return { ...evidence, waiting: { for: "a person" } }` });
    let sent = false;
    const stopped = await towpath([...toProduction, "--wait", "--ndjson"], {
      cwd: root,
      onOutput(text, kill) {
        if (sent || !text.includes('"status":"parked"')) return;
        sent = true;
        kill("SIGTERM");
      },
    });
    expect(stopped.code).toBe(143);
    expect((await runsOf(root)).map(({ status }) => status)).toEqual(["parked"]);
  });
});

describe("resume --due", () => {
  it("goes on with what was interrupted, and one that cannot does not hold up the others", async () => {
    const dies = `if (!fs.existsSync(path.join(ctx.workspace.root, "mended"))) process.exit(0)`;
    const { root, write } = await voyage({ production: dies }, "", { "src/bar/a.py": "b = 1\n" });
    await write(
      "towpath.config.yaml",
      "plugins: [./own.mjs]\ncomponents: {foo: {source: [src/foo]}, bar: {source: [src/bar]}}\n",
    );
    for (const name of ["foo", "bar"])
      await towpath(["run", "--component", name, "--target", "production"], { cwd: root });
    expect((await runsOf(root)).map(({ status }) => status)).toEqual(["running", "running"]);
    await write("mended", "");
    // Ids of runs that began in one second do not tell which was first.
    const oldest = (await runsOf(root)).at(-1)?.run ?? "";
    const folder = join(root, ".towpath", "runs", oldest);
    await rm(folder, { recursive: true });
    await writeFile(folder, "in the way");
    const due = await towpath(["resume", "--due"], { cwd: root });
    expect([due.code, due.stderr]).toEqual([3, expect.stringContaining("TP6002")]);
    expect((await runsOf(root)).map(({ status }) => status)).toEqual(["closed", "running"]);
    await rm(folder);
    expect((await towpath(["resume", "--due"], { cwd: root })).code).toBe(0);
    expect((await towpath(["resume", "--due"], { cwd: root })).stdout).toContain("nothing is due");
  });
});

describe("resume --settle", () => {
  it("speaks of one step only, and of a run that is named", async () => {
    const { root } = await voyage({
      apply: `write(ctx, "apply"); throw new Error("the line went dead")`,
      setup: `deployer.probe = async () => { throw new Error("the target does not answer"); }`,
    });
    const lost = await towpath([...toProduction, "--json"], { cwd: root });
    expect([lost.code, await applies(root)]).toEqual([6, ["staging"]]);
    const run = report(lost).run;
    expect((await towpath(["resume", "--settle", "applied"], { cwd: root })).code).toBe(2);
    expect((await towpath(["resume", run, "--settle", "perhaps"], { cwd: root })).code).toBe(2);
    expect((await towpath(["resume", run], { cwd: root })).code).toBe(6);
    // What is said of staging is not said of production, which is in doubt in its turn.
    const settled = await towpath(["resume", run, "--settle", "applied"], { cwd: root });
    expect([settled.code, settled.stdout]).toEqual([6, expect.stringContaining("--settle applied|absent")]);
    expect(await applies(root)).toEqual(["staging", "production"]);
    expect((await towpath(["resume", run, "--settle", "applied"], { cwd: root })).code).toBe(0);
    expect(await applies(root)).toEqual(["staging", "production"]);
  });
});

describe("the specification of a run", () => {
  it("is that of its component until a run is given another, also for promote and attest", async () => {
    const spec = "# Foo\n\n## Requirements\n\n- **FR-1**: keep books\n  - A stored book is found again.\n";
    const { root } = await voyage({}, "", { "docs/foo.md": spec });
    const run = ["run", "--component", "foo", "--until", "refactoring", "--target", "staging"];
    expect((await towpath([...run, "--spec", "docs/foo.md"], { cwd: root })).code).toBe(0);
    expect((await towpath(["promote", "foo", "--to", "staging"], { cwd: root })).code).toBe(0);
    const attested = await towpath(["attest", "review", "--component", "foo", "--expires", "1d", "--json"], {
      cwd: root,
    });
    const { tree }: { readonly tree: string } = JSON.parse(attested.stdout);
    const [last] = (await readdir(join(root, ".towpath", "runs"))).toSorted().toReversed();
    const shown = JSON.parse(
      await readFile(join(root, ".towpath", "runs", last ?? "", "result.json"), "utf8"),
    );
    expect(shown.stages.at(-1).results[0].inputs.tree).toBe(tree);
  });
});
