import { Breakage } from "@towpath/core";
import type { ProofItem, ProofLog, ProofMode, ProofReport } from "./proof-log.ts";

/** What became of a test with one set of parameters. `broken`: its set-up or clean-up failed. */
export type CaseOutcome = "passed" | "failed" | "broken" | "skipped";

/** One run of a test. */
export interface JudgedCase {
  readonly mode: ProofMode;
  readonly outcome: CaseOutcome;
  /** Whether a process was started or a connection made. */
  readonly outside: boolean;
}

/** A test, with all that became of it. */
export interface JudgedTest extends Omit<ProofItem, "node"> {
  readonly cases: readonly JudgedCase[];
}

/**
 * What a test shows on an implementation that does nothing. `red`: it fails on each. `vacuous`: it passes on one of them.
 * `outside`: it passes, but it starts processes or connects to somebody, where the real code may have answered.
 * `skipped`: it did not run.
 */
export type NullVerdict = "red" | "vacuous" | "outside" | "skipped";

/**
 * The tests of a run, in the order of its collection.
 * @param modesOf the modes in which the tests of a file must have run
 * @throws {Breakage} `mismatch` when a collected test has no outcome, or a report is about none
 */
export function judgedTests(
  log: ProofLog,
  modesOf: (file: string) => readonly ProofMode[],
): readonly JudgedTest[] {
  const reports = Map.groupBy(log.reports, ({ mode, node }) => `${mode} ${node}`);
  const tests = new Map<string, { readonly item: ProofItem; readonly cases: JudgedCase[] }>();
  let told = 0;
  for (const item of log.items) {
    const test = tests.get(item.id) ?? { item, cases: [] };
    tests.set(item.id, test);
    for (const mode of modesOf(item.file)) {
      const own = reports.get(`${mode} ${item.node}`) ?? [];
      if (!own.some(({ when }) => when === "setup")) {
        throw new Breakage("mismatch", {
          message: `pytest collected ${item.node}, and says nothing of its outcome`,
        });
      }
      told += 1;
      test.cases.push({ mode, outcome: outcomeOf(own), outside: own.some(({ outside }) => outside) });
    }
  }
  if (told !== reports.size) {
    throw new Breakage("mismatch", {
      message: "pytest tells of the outcome of a test that it did not collect",
    });
  }
  return [...tests.values()].map(({ item: { id, file, line, spec }, cases }) => ({
    id,
    file,
    line,
    spec,
    cases,
  }));
}

/** What a test shows on the implementations that do nothing: of several parameters the best one counts. */
export function nullVerdict({ cases }: Pick<JudgedTest, "cases">): NullVerdict {
  const byMode = [...Map.groupBy(cases, ({ mode }) => mode).values()];
  const isRed = (outcome: CaseOutcome): boolean => outcome === "failed" || outcome === "broken";
  const green = byMode.filter((mode) => !mode.some(({ outcome }) => isRed(outcome)));
  if (green.length === 0) return byMode.length === 0 ? "skipped" : "red";
  const passing = green.filter((mode) => mode.every(({ outcome }) => outcome === "passed"));
  if (passing.some((mode) => !mode.some(({ outside }) => outside))) return "vacuous";
  return passing.length > 0 ? "outside" : "skipped";
}

/** Whether a test failed when it was called, with any of its parameters. */
export function failed({ cases }: Pick<JudgedTest, "cases">): boolean {
  return cases.some(({ outcome }) => outcome === "failed");
}

function outcomeOf(reports: readonly ProofReport[]): CaseOutcome {
  // Of a test that was run again the last run counts.
  const last = reports.slice(reports.findLastIndex(({ when }) => when === "setup"));
  const call = last.find(({ when }) => when === "call");
  if (call?.outcome === "failed") return "failed";
  if (last.some(({ outcome }) => outcome === "failed" || outcome === "rerun")) return "broken";
  const skip = last.find(({ outcome }) => outcome === "skipped");
  // An expected failure is a failure all the same.
  if (skip !== undefined) return skip.xfail ? "failed" : "skipped";
  return call === undefined ? "skipped" : "passed";
}
