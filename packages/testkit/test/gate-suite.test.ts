import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { memoryJournal, type Fact, type Journal } from "@towpath/core";
import { findTool } from "@towpath/kit";
import { expect, it } from "vitest";
import { z } from "zod";
import { gateSuite, project, type GateCase } from "../src/index.ts";
import { acme, acmeEnv, acmeTool, good, type Parts, type Report } from "./acme.ts";
import { collect, type Collector } from "./collect.ts";

const manifest = JSON.stringify({
  name: "@acme/towpath-gate-acme",
  exports: { ".": "./index.mjs" },
  peerDependencies: { "@towpath/core": "*" },
});
const harmless = await project({ "package.json": manifest, "index.mjs": "export default 1;\n" });

interface Changes extends Partial<GateCase> {
  /** Folder of the package. */
  readonly root?: string;
  readonly executesCode?: boolean;
}

function suiteOf(parts: Partial<Parts>, changes: Changes = {}): Collector {
  const { root = harmless.root, executesCode, ...changed } = changes;
  const factory = acme(parts, executesCode);
  const collector = collect();
  gateSuite(collector.runner, {
    from: pathToFileURL(join(root, "suite.test.ts")).href,
    factory,
    floodBytes: 20_000_000,
    patienceMs: 1_500,
    cases: [
      {
        gate: "acme",
        plugin: () => factory(),
        env: acmeEnv,
        clean: { "src/foo/a.txt": "fine\n" },
        dirty: { files: { "src/foo/a.txt": "fine\nbad\n" }, file: "src/foo/a.txt", line: 2, hidden: "fine" },
        ...changed,
      },
    ],
  });
  return collector;
}

/** The promises that are broken among the wanted ones, without the groups of their titles. */
async function broken(parts: Partial<Parts>, wanted: RegExp, changes?: Changes): Promise<readonly string[]> {
  const outcomes = await suiteOf(parts, changes).run(wanted);
  expect(outcomes.length).toBeGreaterThan(0);
  return outcomes.flatMap(({ title, error }) => (error === undefined ? [] : title.split(" > ").slice(-1)));
}

it("lets a gate pass that keeps all promises", async () => {
  const outcomes = await suiteOf({}).run(/./);
  expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(outcomes.length).toBe(26);
});

it("lets a gate pass that runs the component's code", async () => {
  expect(await broken({}, /trusted|clean component/, { executesCode: true })).toEqual([]);
});

const says: NonNullable<Parts["environment"]> = async () => ({ tools: [acmeTool] });

it("lets a gate pass that says what it depends on", async () => {
  expect(await broken({ environment: says }, /./)).toEqual([]);
});

const anew = "is measured anew, unless it says what it depends on and none of that has changed";

it("catches a gate that never says the same of what it depends on", async () => {
  let asked = 0;
  expect(
    await broken({ environment: async () => ({ values: { asked: (asked += 1) } }) }, /measured anew/),
  ).toEqual([anew]);
});

it("catches a gate that starts a process to say what it depends on", async () => {
  const environment: NonNullable<Parts["environment"]> = async (ctx) => {
    const tool = await findTool(ctx, acmeTool);
    const { stdout } = await ctx.exec({ command: tool.command, args: ["--version"] });
    return { values: { stdout } };
  };
  expect(await broken({ environment }, /measured anew/)).toEqual([anew]);
});

it("catches a gate that cannot say what it depends on", async () => {
  const environment: Parts["environment"] = async () => {
    throw new Error("no idea");
  };
  expect(await broken({ environment }, /measured anew/)).toEqual([anew]);
});

const fact: Fact = {
  kind: "deployment",
  environment: "staging",
  digest: "a".repeat(64),
  current: "a".repeat(64),
  state: "verified",
  at: "2026-11-20T12:00:00Z",
};

function recorded(): Journal {
  const journal = memoryJournal();
  journal.commit({ facts: [{ component: "foo", fact }] });
  return journal;
}

const waitsForFacts: Parts["finish"] = async (evidence, { records }) =>
  (await records.facts()).length > 0
    ? evidence
    : { ...evidence, waiting: { for: "a fact", next: ["towpath attest"] } };

it("lets a gate pass that waits for what is not on record", async () => {
  const files = { "src/foo/a.txt": "fine\n" };
  const changes = { journal: recorded, dirty: { files, waits: true, journal: () => memoryJournal() } };
  expect(await broken({ finish: waitsForFacts }, /./, changes)).toEqual([]);
  const speechless: Parts["finish"] = async (evidence, ctx) => {
    const { waiting, ...rest } = await waitsForFacts(evidence, ctx);
    return waiting === undefined ? rest : { ...rest, waiting: { for: "a fact" } };
  };
  expect(await broken({ finish: speechless }, /waits for/, changes)).toEqual([
    "waits for what the dirty component misses, and says for what",
  ]);
});

it("lets a gate pass that is about what staging runs", async () => {
  const parts = { subject: "deployment" } as const;
  expect(await broken(parts, /./, { journal: recorded })).toEqual([]);
});

it("catches a gate that passes whatever is on record", async () => {
  expect(await broken({}, /on record/, { journal: recorded })).toEqual([
    "does not let pass what nothing is on record about",
  ]);
});

it("takes any error where the finding is about no file, and no less than that", async () => {
  const files = { "src/foo/a.txt": "bad\n" };
  expect(await broken({}, /dirty|moved/, { dirty: { files } })).toEqual([]);
  const identify: Parts["identify"] = async (root, drafts) =>
    good.identify(
      root,
      drafts.map((draft) => ({ ...draft, level: "warning" })),
    );
  expect(await broken({ identify }, /dirty/, { dirty: { files } })).toEqual([
    "fails the dirty component with a finding",
  ]);
});

it("catches a gate that trusts the exit code alone", async () => {
  const judge = ({ code }: { readonly code: number }): Report => ({
    checked: 1,
    problems: code === 0 ? [] : [{ file: "src/foo/a.txt", line: 2 }],
  });
  expect(await broken({ judge }, /report|tool crashes/)).toEqual([
    "cannot decide without a report, whatever the exit code",
    "cannot decide on a report that is broken, cut or of another kind",
    "cannot decide when its tool crashes, though the report is there",
    "does not believe an exit code against the report",
    "never turns a fail into a pass because the report is damaged",
  ]);
});

it("catches a gate that trusts the report alone", async () => {
  const judge: Parts["judge"] = (run) => {
    const code = run.stdout.includes('"line"') ? 1 : 0;
    return good.judge({ ...run, code });
  };
  expect(await broken({ judge }, /report/)).toEqual([
    "cannot decide when its tool crashes, though the report is there",
    "does not believe an exit code against the report",
  ]);
});

it("catches a gate that takes what it cannot read for nothing found", async () => {
  const judge: Parts["judge"] = (run) => {
    try {
      return good.judge(run);
    } catch {
      return { checked: 1, problems: [] };
    }
  };
  expect(await broken({ judge }, /report|any one/)).toEqual([
    "cannot decide without a report, whatever the exit code",
    "cannot decide on a report that is broken, cut or of another kind",
    "cannot decide when its tool crashes, though the report is there",
    "does not let pass what breaks in any one of its processes",
    "does not believe an exit code against the report",
    "never turns a fail into a pass because the report is damaged",
  ]);
});

it("catches a gate that reads the report line by line and skips what it does not understand", async () => {
  const judge: Parts["judge"] = ({ code, stdout }) => {
    if (code > 1 || !stdout.startsWith('{"checked":'))
      return good.judge({ code: 9, stdout, stderr: "", durationMs: 0, argv: [] });
    const found = [...stdout.matchAll(/"file":"([^"]*)","line":(\d+)/g)];
    return { checked: 1, problems: found.map(([, file = "", line]) => ({ file, line: Number(line) })) };
  };
  expect(await broken({ judge }, /damaged/)).toEqual([
    "never turns a fail into a pass because the report is damaged",
  ]);
});

it("catches a gate that counts files which nobody checked", async () => {
  const files: Parts["files"] = async (ctx) => (await ctx.workspace.list(ctx.component.source)).files;
  const judge: Parts["judge"] = (run) => ({ ...JSON.parse(run.stdout), checked: 1 });
  expect(await broken({ files, judge }, /nothing to look at/)).toEqual([
    "cannot decide where there is nothing to look at",
  ]);
});

it("catches a gate that passes though it checked nothing", async () => {
  const finish: Parts["finish"] = (evidence) => ({ ...evidence, checked: 0 });
  expect(await broken({ finish }, /component/)).toEqual([
    "lets the clean component pass, on evidence",
    "fails the dirty component with a finding at its place",
  ]);
});

it("catches a gate that fails for the wrong place", async () => {
  const judge: Parts["judge"] = (run) => {
    const { checked, problems } = good.judge(run);
    return { checked, problems: problems.map(({ file }) => ({ file, line: 1 })) };
  };
  expect(await broken({ judge }, /dirty component/)).toEqual([
    "fails the dirty component with a finding at its place",
  ]);
});

it("catches a gate that does not stop when it is told to", async () => {
  const run: Parts["run"] = async (ctx, tool, files) => {
    const { status, ...ended } = await ctx.exec({ command: tool.command, args: files });
    if (status === "exited") return { ...ended, code: ended.code ?? 0, argv: [] };
    return new Promise(() => {});
  };
  expect(await broken({ run }, /cancelled/)).toEqual([
    "stops when the run is cancelled, with the whole process tree",
  ]);
});

it("catches a gate whose fingerprints hold line numbers", async () => {
  const identify: Parts["identify"] = async (_, drafts) =>
    drafts.map((draft) => ({ ...draft, fingerprint: `${draft.file}:${draft.range?.startLine}` }));
  expect(await broken({ identify }, /moved/)).toEqual(["knows a finding again when its line has moved"]);
});

it("catches a gate whose paths are those of this machine", async () => {
  const finish: Parts["finish"] = (evidence, ctx) => ({
    ...evidence,
    findings: evidence.findings.map((finding) => ({
      ...finding,
      message: join(ctx.workspace.root, finding.file ?? ""),
    })),
  });
  expect(await broken({ finish }, /plain data|another folder/)).toEqual([
    "gives plain data, with repository paths and a fingerprint for each finding",
    "says the same of the same files, in two kernels at once and in another folder",
  ]);
});

it("catches a gate whose results JSON cannot hold", async () => {
  const finish: Parts["finish"] = (evidence) => ({
    ...evidence,
    details: { when: new Date(0), ratio: Number.NaN },
  });
  // Core takes such a result for no evidence, so not even the clean component passes.
  expect(await broken({ finish }, /clean component pass/)).toEqual([
    "lets the clean component pass, on evidence",
  ]);
});

it("catches a gate that keeps something between runs", async () => {
  let runs = 0;
  const finish: Parts["finish"] = (evidence) => ({ ...evidence, notes: [`run ${(runs += 1)}`] });
  expect(await broken({ finish }, /kernels/)).toEqual([
    "says the same of the same files, in two kernels at once and in another folder",
  ]);
});

it("catches a gate that writes into the tree, unless it says so", async () => {
  const finish: Parts["finish"] = async (evidence, ctx) => {
    await writeFile(join(ctx.workspace.root, "acme.log"), "done\n");
    return evidence;
  };
  expect(await broken({ finish }, /leaves the tree/)).toEqual([
    "leaves the tree as it is, but for the declared outputs",
  ]);
  expect(await broken({ finish }, /leaves the tree/, { writes: ["acme.log"] })).toEqual([]);
});

it("catches a gate that tells what it should hide", async () => {
  const finish: Parts["finish"] = (evidence) => ({ ...evidence, notes: ["the file says fine"] });
  expect(await broken({ finish }, /to itself/)).toEqual(["keeps what it found to itself"]);
});

it("catches a gate that tells a secret of the environment", async () => {
  const judge: Parts["judge"] = (run) => {
    throw new Error(`acme said ${run.stderr} with ${process.env["ACME"]}`);
  };
  const run: Parts["run"] = async (ctx, tool, files) => ({
    ...(await good.run(ctx, tool, files)),
    stderr: String(ctx.env["AWS_SECRET_ACCESS_KEY"]),
  });
  expect(await broken({ judge, run }, /secret/)).toEqual([
    "survives output that is no UTF-8, and tells no secret of the environment",
  ]);
});

it("catches options that nobody knows", async () => {
  expect(await broken({ options: z.looseObject({}).prefault({}) }, /options/)).toEqual([
    "refuses options that it does not know",
  ]);
});

it.each([
  ["prints", "console.log('hello');"],
  ["starts a timer", "setInterval(() => {}, 60_000);"],
  ["sets a global", "globalThis.acme = 1;"],
  ["sets a variable", "process.env.ACME = '1';"],
  ["listens to the process", "process.on('SIGINT', () => {});"],
  ["throws", "throw new Error('no');"],
])("catches a package that %s on import", async (_, code) => {
  const { root } = await project({ "package.json": manifest, "index.mjs": code });
  expect(await broken({}, /imported/, { root })).toEqual(["does nothing when it is imported"]);
});

it("catches a package with another name than its plugin, or without core as a peer", async () => {
  const named = await project({
    "package.json": manifest.replace("gate-acme", "gate-other"),
    "index.mjs": "",
  });
  expect(await broken({}, /is named/, { root: named.root })).toEqual([
    "is named as its package, and has core as a peer",
  ]);
  const lonely = await project({
    "package.json": manifest.replace("@towpath/core", "left-pad"),
    "index.mjs": "",
  });
  expect(await broken({}, /is named/, { root: lonely.root })).toEqual([
    "is named as its package, and has core as a peer",
  ]);
});

it("leaves out what a case is let off, and says why in every title", () => {
  const off = { "missing tool": "it comes along", replay: "its output has no meaning" };
  const titles = suiteOf({}, { off })
    .titles()
    .filter((title) => title.startsWith("the gate"));
  expect(titles.length).toBe(15);
  expect(titles.filter((title) => /(?:missing|replayed|report|damaged)[^>]*$/.test(title))).toEqual([]);
  const left = "the gate acme, without: missing tool (it comes along), replay (its output has no meaning) > ";
  expect(titles.every((title) => title.startsWith(left))).toBe(true);
});

it("does not believe that a gate starts no process", async () => {
  expect(await broken({}, /starts no process/, { off: { processes: "it says so" } })).toEqual([
    "starts no process",
  ]);
});
