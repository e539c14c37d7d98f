import {
  Breakage,
  defineGate,
  type DrillFact,
  type DrillScenario,
  type Evidence,
  type Gate,
  type GateContext,
  type Measurement,
  type Threshold,
} from "@towpath/core";
import { excerpt, withFingerprints, type FindingDraft } from "@towpath/kit";
import { embeddedTool } from "./embedded-tool.ts";

/** What a gate makes of the drills on record. */
export interface DrillPolicy {
  /** Days past which a drill no longer counts. */
  readonly maxAgeDays: number;
  /** Where that was set. */
  readonly source: string;
  /** What must be done before the drill can be carried out, in sentences. @default nothing */
  readonly before?: readonly string[];
}

const dayMs = 24 * 60 * 60 * 1000;

const codes = { rollback: "TP5102", monitoring: "TP5103" } as const;

/** What a scenario that did not pass lacks, and what to do about it. */
const fixes = {
  rollback: "Mend the health check or the rollback of the deployer, then repeat the drill.",
  monitoring: "Mend the monitoring or the way of its alerts, then repeat the drill.",
} as const;

/**
 * The gate `rollback` or `monitoring`: the newest drill on exactly the release that staging runs, none of whose
 * scenarios failed, is recent enough.
 */
export function drillGate(drill: DrillFact["drill"], policy: DrillPolicy): Gate {
  const { maxAgeDays, source } = policy;
  const age: Threshold = {
    name: "age of the drill",
    unit: "days",
    operator: "<=",
    threshold: maxAgeDays,
    source,
  };
  const passed: Threshold = {
    name: "scenarios that passed",
    unit: "scenarios",
    operator: ">=",
    threshold: 1,
    source,
  };
  return defineGate({
    name: drill,
    category: "operations",
    stages: ["production"],
    code: codes[drill],
    executesCode: false,
    subject: "deployment",
    thresholds: () => [passed, age],
    probe: async () => embeddedTool,
    async check(ctx): Promise<Evidence> {
      const fact = await newestDrill(ctx, drill);
      const scenarios = fact?.scenarios ?? [];
      const failed = scenarios.filter((scenario) => !inTime(scenario));
      const days = fact === undefined ? undefined : (ctx.now() - Date.parse(fact.at)) / dayMs;
      const why = whyNot(fact, days, maxAgeDays);
      const aged: readonly Measurement[] =
        days === undefined || Number.isNaN(days) ? [] : [{ ...age, value: Math.ceil(days * 100) / 100 }];
      return {
        // Without a drill, what was looked at is the record.
        candidates: Math.max(1, scenarios.length),
        checked: Math.max(1, scenarios.length),
        findings: await withFingerprints(ctx.workspace.root, failed.map(draftOf(drill))),
        measurements: [{ ...passed, value: scenarios.length - failed.length }, ...aged],
        tool: embeddedTool,
        notes: [why ?? `${scenarios.length - failed.length} of ${scenarios.length} scenarios passed`],
        ...(why === undefined ? {} : { waiting: waitingFor(ctx, drill, policy) }),
        details: { scenarios: scenarios.map((scenario) => ({ ...scenario })) },
      };
    },
  });
}

/** The last drill on the release that the environment runs. */
async function newestDrill(
  { records, deployment, component }: GateContext,
  drill: DrillFact["drill"],
): Promise<DrillFact | undefined> {
  if (deployment === undefined) {
    throw new Breakage("no-input", { message: `staging runs no release of ${component.name}` });
  }
  const { environment, digest } = deployment;
  return (await records.facts()).findLast(
    (fact): fact is DrillFact =>
      fact.kind === "drill" &&
      fact.drill === drill &&
      fact.environment === environment &&
      fact.digest === digest,
  );
}

/** Why there is no drill that counts, or `undefined` when there is one. */
function whyNot(
  fact: DrillFact | undefined,
  days: number | undefined,
  maxAgeDays: number,
): string | undefined {
  if (fact === undefined || days === undefined) {
    return "no drill on the release that staging runs is on record; one on another release does not count";
  }
  if (fact.scenarios.length === 0) return `the drill of ${excerpt(fact.at, 40)} had no scenario`;
  if (Number.isNaN(days)) return `${excerpt(fact.at, 40)}, the time of the last drill, is no time`;
  if (days < 0) return `the last drill is dated ${excerpt(fact.at, 40)}, which is yet to come`;
  return days > maxAgeDays
    ? `the last drill, of ${excerpt(fact.at, 40)}, is older than ${maxAgeDays} days`
    : undefined;
}

function waitingFor(
  { component }: GateContext,
  drill: DrillFact["drill"],
  { before = [] }: DrillPolicy,
): NonNullable<Evidence["waiting"]> {
  const unready = before.length === 0 ? "" : "; it cannot be done yet, as nothing says where alerts arrive";
  return {
    for: `a ${drill} drill on the release that staging runs${unready}`,
    next: [...before, `towpath drill ${drill} --component ${component.name}`],
  };
}

/** What came too late did not pass, whatever the record says. */
function inTime({ passed, tookMs, limitMs }: DrillScenario): boolean {
  return passed && tookMs <= limitMs;
}

function draftOf(drill: DrillFact["drill"]): (scenario: DrillScenario) => FindingDraft {
  return ({ name, detail, tookMs, limitMs }) => ({
    tool: embeddedTool.name,
    rule: `${drill}/${excerpt(name, 64)}`,
    level: "error",
    message: `the scenario ${excerpt(name, 64)} failed after ${tookMs} of ${limitMs} ms: ${excerpt(detail, 500)}`,
    fix: { kind: "text", text: fixes[drill] },
  });
}
