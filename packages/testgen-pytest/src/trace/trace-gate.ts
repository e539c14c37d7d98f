import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import {
  Breakage,
  defineGate,
  specDocument,
  testRun,
  type Evidence,
  type ExecutedTest,
  type Gate,
  type GateContext,
  type Level,
  type PluginApi,
  type SpecDoc,
  type SpecRequirement,
  type Target,
  type TestTier,
  type Threshold,
} from "@towpath/core";
import { excerpt, withFingerprints, type FindingDraft } from "@towpath/kit";
import { embeddedTool } from "../embedded-tool.ts";
import { readHead } from "../emit/header.ts";
import { markedId } from "./marked-id.ts";
import { traceRows, type TraceDetails, type TraceRow } from "./trace-rows.ts";

/**
 * The gate `trace`: each requirement has a test that names it, was executed and passed, or another proof on record. It
 * starts no process; the run of the tests is the one that other gates judge, too. Attestations and drills expire without
 * any file changing, so a result is never reused.
 */
export function traceGate(api: PluginApi): Gate {
  const source = api.origin([]);
  const limit = (target: Target): Threshold => ({
    name: "requirements proven",
    unit: "%",
    operator: ">=",
    threshold: target === "production" ? 100 : 0,
    source,
  });
  return defineGate({
    name: "trace",
    category: "specification",
    stages: ["testing"],
    code: "TP1134",
    executesCode: false,
    subject: "spec",
    needs: [specDocument, testRun],
    thresholds: (target) => [limit(target)],
    probe: async () => embeddedTool,
    check: (ctx) => checkTrace(ctx, limit(ctx.target)),
  });
}

async function checkTrace(ctx: GateContext, limit: Threshold): Promise<Evidence> {
  const spec = ctx.artifacts.get(specDocument);
  const run = ctx.artifacts.get(testRun);
  const { root } = ctx.workspace;
  const pathOf = (file: string): string => relative(root, join(run.rootdir, file)).split(sep).join("/");
  const marked = run.tests.filter((test) => test.spec.length > 0);
  const tiers = await tiersOf(
    root,
    marked.map(({ file }) => pathOf(file)),
  );
  const [facts, tree] = await Promise.all([ctx.records.facts(), ctx.tree()]);
  const rows = traceRows(spec, {
    run,
    pathOf,
    tierOf: (file) => tiers.get(file),
    facts,
    tree,
    now: ctx.now(),
  });
  const due = rows.filter(({ state }) => state !== "deferred");
  const proven = due.filter(({ state }) => state === "proven" || state === "other-proof");
  const byId = new Map(spec.requirements.map((one) => [one.id, one]));
  const drafts = [
    ...due
      .filter(({ state }) => state === "gap" || state === "failing")
      .map((row) => unproven(row, levelOf(ctx.target, byId.get(row.requirement)))),
    ...marked.flatMap((test) => unknownIds(test, spec, pathOf(test.file))),
  ];
  const deferred = rows.length - due.length;
  const byContract = proven.filter(
    ({ tests }) => tests.length > 0 && tests.every(({ tier }) => tier === "T0"),
  );
  const details: TraceDetails = { schemaVersion: 1, rows };
  return {
    candidates: rows.length,
    checked: rows.length,
    findings: await withFingerprints(root, drafts),
    measurements: [{ ...limit, value: due.length === 0 ? 100 : (proven.length / due.length) * 100 }],
    tool: embeddedTool,
    notes: [
      `${proven.length} of ${due.length} requirements are proven`,
      ...(deferred === 0 ? [] : [`${deferred} requirements are optional (MAY) and have no test`]),
      ...(byContract.length === 0
        ? []
        : [`${byContract.length} of them by tests of names and signatures alone`]),
    ],
    details: { ...details },
  };
}

/** How bad it is that a requirement is not proven. */
function levelOf(target: Target, requirement: SpecRequirement | undefined): Level {
  if (target === "production") return "error";
  if (target === "dev") return "warning";
  const { modal, priority = "" } = requirement ?? {};
  const isImportant =
    modal === "must" || modal === "must-not" || /^\W*(?:high|critical|must|p[01])\b/i.test(priority);
  return isImportant ? "error" : "warning";
}

function unproven(row: TraceRow, level: Level): FindingDraft {
  const failing = row.tests.filter(({ outcome }) => outcome === "failed");
  const why =
    row.state === "failing"
      ? `${excerpt(failing[0]?.id ?? "", 300)}${failing.length > 1 ? ` and ${failing.length - 1} more` : ""} failed`
      : row.tests.length > 0
        ? `none of its ${row.tests.length} tests passed at the first attempt`
        : row.proof === "test"
          ? "no test that names it was executed"
          : `no fresh ${row.proof} is on record, and no test that names it was executed`;
  return {
    tool: embeddedTool.name,
    rule: "TP1134",
    level,
    message: `${excerpt(row.requirement, 100)} (${excerpt(row.title, 100)}) is not proven: ${why}`,
    file: row.at.file,
    range: {
      startLine: row.at.line,
      startColumn: row.at.column,
      endLine: row.at.line,
      endColumn: row.at.endColumn,
    },
    fix: {
      kind: "text",
      text: `Mark the test that proves it: @pytest.mark.spec(${JSON.stringify(excerpt(row.requirement, 100))})`,
    },
  };
}

/** Ids that a test names and the specification does not have. */
function unknownIds(
  test: ExecutedTest,
  { requirements, file: spec }: SpecDoc,
  file: string,
): readonly FindingDraft[] {
  const unknown = test.spec.filter((id) => !requirements.some((one) => one.id === markedId(id)));
  return [...new Set(unknown)].map((id) => ({
    tool: embeddedTool.name,
    rule: "TP1112",
    level: "warning" as const,
    message: `${excerpt(test.nodeid, 300)} names ${excerpt(id, 100)}, which ${excerpt(spec, 200)} does not have`,
    ...(file.startsWith("../")
      ? {}
      : { file, range: { startLine: test.line, startColumn: 1, endLine: test.line + 1, endColumn: 1 } }),
  }));
}

/** @throws {Breakage} `mismatch` when a file whose tests ran cannot be read any more */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Breakage("mismatch", { message: `${path} was run, and now it cannot be read`, cause });
  }
}

/** The tiers of generated files; a file that somebody edited has none. */
async function tiersOf(root: string, files: readonly string[]): Promise<ReadonlyMap<string, TestTier>> {
  const tiers = new Map<string, TestTier>();
  for (const file of new Set(files)) {
    if (file.startsWith("../")) continue;
    const head = readHead(await textOf(join(root, file)));
    if (head?.untouched === true && head.tier !== undefined) tiers.set(file, head.tier);
  }
  return tiers;
}
