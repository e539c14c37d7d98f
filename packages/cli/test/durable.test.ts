import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunReport } from "@towpath/core";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { at, hasFaketime } from "./at.ts";
import { towpath, type Called } from "./towpath.ts";
import { effects, voyage } from "./voyage.ts";

const toProduction = ["run", "--component", "foo", "--target", "production"];
const report = ({ stdout }: Called): RunReport => JSON.parse(stdout);
const applies = async (root: string): Promise<readonly string[]> =>
  (await effects(root)).filter(({ action }) => action === "apply").map(({ environment }) => environment);

const isRoot = process.getuid?.() === 0;

describe.skipIf(!hasFaketime)(
  `seven days${hasFaketime ? "" : " (skipped: faketime is not installed)"}`,
  () => {
    it("soak in staging, killed on day 0, still soaking on day 6, promoted on day 8, and so on day -1 (R9)", async () => {
      const begin = Date.parse("2026-12-01T10:00:00Z");
      const slots = Array.from({ length: 9 * 288 }, (_, index) => begin - 86_400_000 + index * 300_000);
      const samples = slots.map((t) => `${JSON.stringify({ t, state: "up" })}\n`).join("");
      const soak = "[gate-uptime, {interval: 5m, source: {file: samples.jsonl}}]";
      const { root } = await voyage({}, soak, { "samples.jsonl": samples });
      const killed = await at("2026-12-01 10:00:00", toProduction, root, /\nProduction/);
      expect(killed.code).not.toBe(0);
      const [run = ""] = await readdir(join(root, ".towpath", "runs"));
      const day0 = await at("2026-12-01 10:05:00", ["resume", run], root);
      expect([day0.code, day0.stdout]).toEqual([5, expect.stringMatching(/waiting +the soak of 7 d/)]);
      const early = await at("2026-12-07 10:00:00", ["resume", "--due"], root);
      expect([early.code, early.stdout]).toEqual([
        0,
        expect.stringMatching(/nothing is due[^]*until 2026-12-08/),
      ]);
      expect((await at("2026-12-07 10:00:00", ["resume", run], root)).code).toBe(5);
      expect(await applies(root)).toEqual(["staging"]);
      const day8 = await at("2026-12-09 10:00:00", ["resume", "--due", "--json"], root);
      expect([day8.code, report(day8).status]).toEqual([0, "closed"]);
      const before = await at("2026-11-30 10:00:00", ["resume", run, "--json"], root);
      expect([before.code, report(before).stages]).toEqual([0, report(day8).stages]);
      expect(await applies(root)).toEqual(["staging", "production"]);
    });

    it("end at once when the budget of the soak is burnt", async () => {
      const begin = Date.parse("2026-12-01T10:00:00Z");
      const sample = (index: number): string =>
        `${JSON.stringify({ t: begin + index * 300_000, state: index > 10 && index < 30 ? "down" : "up" })}\n`;
      const samples = Array.from({ length: 288 }, (_, index) => sample(index)).join("");
      const soak = "[gate-uptime, {interval: 5m, source: {file: samples.jsonl}}]";
      const { root } = await voyage({}, soak, { "samples.jsonl": samples });
      expect((await at("2026-12-01 10:00:00", toProduction, root)).code).toBe(5);
      const day1 = await at("2026-12-02 10:00:00", ["resume"], root);
      expect([day1.code, day1.stdout]).toEqual([1, expect.stringContaining("uptime-budget")]);
      expect(await applies(root)).toEqual(["staging"]);
    });

    it.each(["2036-02-29 23:59:59", "2026-03-29 01:59:58"])("a run at %s comes to its end", async (time) => {
      const { root } = await voyage();
      expect((await at(time, toProduction, root)).code).toBe(0);
    });
  },
);

describe("a run that is stopped", () => {
  it("finishes the deploy that is under way, at fifty random times, and never deploys twice (R20)", async () => {
    const slow = "await new Promise((done) => setTimeout(done, 60))";
    let inDeploy = 0;
    const once = async (index: number): Promise<void> => {
      const { root, remove } = await voyage({ apply: slow, testing: slow });
      const signal = index % 2 === 0 ? "SIGTERM" : "SIGINT";
      const delay = ((index * 37) % 50) * 8;
      const from = index % 3 === 0 ? "Testing" : "Staging";
      let timer: NodeJS.Timeout | undefined;
      const stopped = await towpath(toProduction, {
        cwd: root,
        onOutput: (text, kill) => {
          if (timer === undefined && text.includes(from)) timer = setTimeout(() => kill(signal), delay);
        },
      });
      clearTimeout(timer);
      const done = await applies(root);
      if (done.length === 1) inDeploy += 1;
      const { runs } = JSON.parse((await towpath(["runs", "list", "--json"], { cwd: root })).stdout);
      // When the signal came too late there is nothing to resume. It may still end the process while node takes itself down.
      const isOver = runs[0].status === "closed";
      const expected = isOver ? [0, null] : [signal === "SIGTERM" ? 143 : 130];
      const resumed = isOver ? 0 : (await towpath(["resume"], { cwd: root })).code;
      expect([expected.includes(stopped.code), resumed]).toEqual([true, 0]);
      expect(await applies(root)).toEqual(["staging", "production"]);
      await remove();
    };
    const queue = Array.from({ length: 50 }, (_, index) => index);
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await once(next);
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(inDeploy).toBeGreaterThan(0);
  });

  it("ends at once at the second signal, and can be resumed", async () => {
    const { root } = await voyage({ testing: "await new Promise(() => setInterval(() => undefined, 1000))" });
    let signals = 0;
    const ended = await towpath(toProduction, {
      cwd: root,
      onOutput: (text, kill) => {
        if (signals === 0 && text.includes("Testing")) {
          signals = 1;
          kill("SIGINT");
        } else if (signals === 1 && text.includes("once more")) {
          signals = 2;
          kill("SIGINT");
        }
      },
    });
    expect(ended.code).toBe(130);
    const shown = await towpath(["runs", "--json"], { cwd: root });
    expect(JSON.parse(shown.stdout).runs[0].status).toBe("running");
    await writeFile(
      join(root, "own.mjs"),
      (await readFile(join(root, "own.mjs"), "utf8")).replace(
        /await new Promise\(\(\) => setInterval[^;]*;/,
        "",
      ),
    );
    expect((await towpath(["resume"], { cwd: root })).code).toBe(0);
  });

  it("keeps a whole record when nobody reads its output (R21)", async () => {
    const { root } = await voyage();
    expect((await towpath([...toProduction, "--ndjson"], { cwd: root, closeEarly: true })).code).toBe(0);
    const [run = ""] = await readdir(join(root, ".towpath", "runs"));
    const shown = await towpath(["runs", "show", run], { cwd: root });
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining("the record is whole")]);
  });

  it("goes on when its terminal is closed (R21)", async () => {
    const { root } = await voyage({
      testing: "process.kill(process.pid, 'SIGHUP'); await new Promise(setImmediate)",
    });
    expect((await towpath(toProduction, { cwd: root })).code).toBe(0);
  });
});

describe("the owner of a component", () => {
  it("is named to who comes second, who ends with 7 (R22)", async () => {
    const { root } = await voyage({
      testing:
        "while (!fs.existsSync(path.join(ctx.workspace.root, 'go'))) await new Promise((r) => setTimeout(r, 10))",
    });
    let second: Promise<Called> | undefined;
    const first = await towpath(toProduction, {
      cwd: root,
      onOutput: (text) => {
        if (second !== undefined || !text.includes("Testing")) return;
        second = towpath(toProduction, { cwd: root });
        void second.then(() => writeFile(join(root, "go"), ""));
      },
    });
    const refused = await second;
    expect([first.code, refused?.code]).toEqual([0, 7]);
    expect(refused?.stderr).toMatch(/TP6101[^]*towpath resume/);
    const [run = ""] = await readdir(join(root, ".towpath", "runs"));
    expect(refused?.stderr).toContain(run);
  });

  it("may be a run that waits; another takes its place only when it is told to", async () => {
    const waits = "return { ...evidence, waiting: { for: 'a person', next: ['ask her'] } }";
    const { root } = await voyage({ production: waits });
    const parked = await towpath(toProduction, { cwd: root });
    expect([parked.code, parked.stdout]).toEqual([
      5,
      expect.stringMatching(/waiting +a person[^]*next +ask her/),
    ]);
    expect((await towpath(toProduction, { cwd: root })).code).toBe(7);
    expect((await towpath([...toProduction, "--supersede"], { cwd: root })).code).toBe(5);
    const { stdout } = await towpath(["runs", "list", "--json"], { cwd: root });
    expect(JSON.parse(stdout).runs.map(({ status }: { status: string }) => status)).toEqual([
      "parked",
      "superseded",
    ]);
    const shown = await towpath(["status"], { cwd: root });
    expect(shown.stdout).toMatch(/staging +[0-9a-f]{12}  verified[^]*waits for +a person/);
  });
});

describe("a plugin that ends the process in the middle of a run (R25)", () => {
  it("leaves a run that goes on where it was", async () => {
    const { root } = await voyage({
      production: "if (!fs.existsSync(path.join(ctx.workspace.root, 'fixed'))) process.exit(0)",
    });
    const ended = await towpath(toProduction, { cwd: root });
    expect([ended.code, ended.stderr]).toEqual([
      3,
      expect.stringContaining("ended before anything was decided"),
    ]);
    await writeFile(join(root, "fixed"), "");
    const resumed = await towpath(["resume"], { cwd: root });
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).not.toContain("at-testing");
    expect(await applies(root)).toEqual(["staging", "production"]);
  });
});

describe("a plugin that never gives the program back (R25)", () => {
  it("is ended with it, by name, and the run goes on later where it was", async () => {
    const loop = "if (!fs.existsSync(path.join(ctx.workspace.root, 'mended'))) for (;;) {}";
    const { root, write } = await voyage({ production: loop });
    const config = await readFile(join(root, "towpath.config.yaml"), "utf8");
    const gates = ["specification", "implementation", "testing", "refactoring", "staging", "production"];
    await write(
      "towpath.config.yaml",
      `${config}gates: {${gates.map((stage) => `at-${stage}: {timeoutMs: 1000}`).join(", ")}}\n`,
    );
    const ended = await towpath(toProduction, { cwd: root });
    expect([ended.code, ended.stderr]).toEqual([null, expect.stringMatching(/kept the program busy[^]*own/)]);
    expect(await applies(root)).toEqual(["staging"]);
    await write("mended", "");
    expect((await towpath(["resume"], { cwd: root })).code).toBe(0);
    expect(await applies(root)).toEqual(["staging", "production"]);
  });
});

describe("plugins that change while a run waits (R27)", () => {
  const waits = "return { ...evidence, waiting: { for: 'a person' } }";
  const manifest = (version: string): string =>
    JSON.stringify({
      name: "towpath-gate-own",
      version,
      type: "module",
      exports: "./index.mjs",
      peerDependencies: { "@towpath/core": "*" },
    });

  async function parked(): Promise<{ root: string; write: (path: string, text: string) => Promise<void> }> {
    const { voyagePlugin } = await import("./voyage.ts");
    const made = await project({
      "src/foo/a.py": "a = 1\n",
      "package.json": '{"name": "x", "private": true, "dependencies": {"towpath-gate-own": "*"}}',
      "node_modules/towpath-gate-own/package.json": manifest("1.0.0"),
      "node_modules/towpath-gate-own/index.mjs": voyagePlugin({ production: waits }).replaceAll(
        '"own"',
        '"towpath-gate-own"',
      ),
      "towpath.config.yaml": "plugins: [towpath-gate-own]\ncomponents: {foo: {source: [src/foo]}}\n",
    });
    expect((await towpath(toProduction, { cwd: made.root })).code).toBe(5);
    return made;
  }

  it("are refused with what changed, and accepted on the record", async () => {
    const { root, write } = await parked();
    await write("node_modules/towpath-gate-own/package.json", manifest("1.1.0"));
    const refused = await towpath(["resume"], { cwd: root });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(
        /towpath-gate-own@1\.0\.0 became towpath-gate-own@1\.1\.0[^]*--accept-plugin-change/,
      ),
    ]);
    const accepted = await towpath(["resume", "--accept-plugin-change", "--json"], { cwd: root });
    // What the other version judged does not count for this one.
    expect([accepted.code, accepted.stdout]).toEqual([3, expect.stringContaining("the policy has changed")]);
    expect(report(accepted).warnings[0]?.message).toContain("became towpath-gate-own@1.1.0");
  });

  it("are missed by name", async () => {
    const { root, write } = await parked();
    await write("own.mjs", (await import("./voyage.ts")).voyagePlugin());
    await write("towpath.config.yaml", "plugins: [./own.mjs]\ncomponents: {foo: {source: [src/foo]}}\n");
    const refused = await towpath(["resume"], { cwd: root });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining("towpath-gate-own@1.0.0 is gone"),
    ]);
  });
});

describe("code that changes on its way to production (R29)", () => {
  const touch = "fs.appendFileSync(path.join(ctx.workspace?.root ?? ctx.root, 'src/foo/a.py'), 'b = 2\\n')";

  it.each([
    ["by a gate of staging", { staging: touch }, []],
    ["by the builder", { build: touch }, []],
    ["by a gate of production", { production: touch }, ["staging"]],
  ])("%s voids the evidence, and is not deployed", async (_, code, deployed) => {
    const { root } = await voyage(code);
    expect((await towpath(toProduction, { cwd: root })).code).toBe(3);
    expect(await applies(root)).toEqual(deployed);
  });

  it("while the run waits is noticed when it goes on", async () => {
    const waits =
      "if (!fs.existsSync(path.join(ctx.workspace.root, 'go'))) return { ...evidence, waiting: { for: 'a person' } }";
    const { root, write } = await voyage({ production: waits });
    expect((await towpath(toProduction, { cwd: root })).code).toBe(5);
    await write("go", "");
    await write("src/foo/a.py", "a = 2\n");
    const resumed = await towpath(["resume"], { cwd: root });
    expect([resumed.code, resumed.stdout]).toEqual([3, expect.stringContaining("the tree has changed")]);
    expect(await applies(root)).toEqual(["staging"]);
  });
});

describe.skipIf(!isRoot)(`a disk${isRoot ? "" : " (skipped: mounting needs root)"}`, () => {
  async function onTmpfs(size: string, body: (root: string) => Promise<void>): Promise<void> {
    const { root: place, remove } = await project({});
    const root = join(place, "disk");
    await mkdir(root);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", root]);
    try {
      await body(root);
    } finally {
      execFileSync("umount", ["--lazy", root]);
      await remove();
    }
  }

  it("that is full ends a run before anything is deployed; with room it goes on (R5)", async () => {
    const fill = `if (!fs.existsSync(path.join(ctx.workspace.root, 'room'))) try {
      const file = fs.openSync(path.join(ctx.workspace.root, 'filler'), 'a');
      for (;;) fs.writeSync(file, Buffer.alloc(4096)); } catch {}`;
    const { root: source } = await voyage({ staging: fill });
    await onTmpfs("6m", async (root) => {
      execFileSync("cp", ["-r", `${source}/.`, root]);
      const full = await towpath(toProduction, { cwd: root });
      expect([full.code, full.stderr]).toEqual([3, expect.stringMatching(/TP6109|TP6102/)]);
      expect(await applies(root)).toEqual([]);
      await rm(join(root, "filler"));
      await writeFile(join(root, "room"), "");
      expect((await towpath(["resume"], { cwd: root })).code).toBe(0);
      expect(await applies(root)).toEqual(["staging", "production"]);
    });
  });

  it("that is read-only lets a check judge and status tell; a run does not begin (R8)", async () => {
    const { root: source } = await voyage();
    await onTmpfs("16m", async (root) => {
      execFileSync("cp", ["-r", `${source}/.`, root]);
      expect((await towpath(toProduction, { cwd: root })).code).toBe(0);
      const done = await effects(root);
      execFileSync("mount", ["-o", "remount,ro", root]);
      const check = await towpath(["check", "at-testing", "--component", "foo"], { cwd: root });
      expect([check.code, check.stderr]).toEqual([0, expect.stringContaining("no evidence is stored")]);
      const run = await towpath(toProduction, { cwd: root });
      expect([run.code, run.stderr]).toEqual([3, expect.stringContaining("TP6102")]);
      const shown = await towpath(["status"], { cwd: root });
      expect([shown.code, shown.stdout]).toEqual([0, expect.stringMatching(/production +[0-9a-f]{12}/)]);
      expect(await effects(root)).toEqual(done);
    });
  });
});
