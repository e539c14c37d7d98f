import type { Finding, GateResult, RunReport } from "@towpath/core";
import { z } from "zod";
import {
  type Counts,
  coverageTally,
  type Dimension,
  dimensions,
  occurring,
  type Tally,
  tally,
} from "./pypi-counts.ts";

/**
 * Counts what a report of `towpath check` says of its one component.
 * @throws {Error} when a gate is missing or could not decide, other than by what `broken` knows
 */
export function reportedCounts(report: RunReport): Counts {
  const results = report.stages.flatMap((stage) => stage.results);
  const counts = dimensions.map((dimension): readonly [Dimension, Tally] => {
    const [result, ...others] = results.filter(({ gate }) => gate === dimension);
    if (result === undefined || others.length > 0) {
      throw new Error(`the report has not exactly one result of ${dimension}`);
    }
    return [dimension, result.verdict === "errored" ? broken(dimension, result) : readers[dimension](result)];
  });
  // One entry was made for each dimension.
  return Object.fromEntries(counts) as Counts;
}

/** Pyright's words for our levels. */
const severities = { error: "error", warning: "warning", note: "information" } as const;

const readers: Readonly<Record<Dimension, (result: GateResult) => Tally>> = {
  lint: ({ findings }) => tally(findings.map(({ rule }) => rule)),
  format: ({ findings }) => tally(findings.map(({ file = "" }) => file)),
  types: ({ findings }) => tally(findings.map(({ level, rule }) => `${severities[level]} ${rule}`)),
  tests: ({ details }) =>
    occurring(z.object({ outcomes: z.record(z.string(), z.int()) }).parse(details).outcomes),
  coverage: ({ details, measurements }) => {
    const { statements, covered } = z.object({ statements: z.int(), covered: z.int() }).parse(details);
    const [judged] = measurements;
    return {
      ...coverageTally(statements, covered),
      percent: Math.round(10 * (judged?.value ?? Number.NaN)) / 10,
    };
  },
  flaky: ({ findings }) =>
    tally(findings.map(({ message }) => message.split(" failed and then passed")[0] ?? "")),
  secrets: ({ findings }) => tally(findings.map(({ rule }) => rule)),
  sast: ({ findings }) => tally(findings.map(({ severity }) => severity ?? "none")),
  dependencies: ({ candidates, checked, findings }) =>
    occurring({ audited: checked, unaudited: candidates - checked, vulnerabilities: findings.length }),
  complexity: ({ findings }) => Object.fromEntries(findings.map(complexityOf)),
};

/** The breakages that are the right answer: the bare tools have one of the same meaning. */
function broken(dimension: Dimension, { error }: GateResult): Tally {
  const { kind, message = "" } = error ?? {};
  const missing = /^(?:a module is|\d+ modules are) not installed: (.+)$/.exec(message)?.[1];
  if (dimension === "types" && kind === "environment" && missing !== undefined) {
    return tally(missing.split(", ").map((name) => `missing ${name}`));
  }
  const nothingRan = /^no test ran|^nothing was checked \(\d+ candidates\)$/.test(message);
  if ((dimension === "coverage" || dimension === "flaky") && kind === "no-input" && nothingRan) return {};
  const unaudited = /^no dependency was audited \((\d+) were skipped\)$/.exec(message)?.[1];
  if (dimension === "dependencies" && unaudited !== undefined) return { unaudited: Number(unaudited) };
  if (dimension === "dependencies" && kind === "network") return { unanswered: 1 };
  throw new Error(`${dimension} could not decide: ${kind}, ${message}`);
}

function complexityOf({ file, range, message }: Finding): readonly [string, number] {
  return [`${file}:${range?.startLine}`, Number(/complexity of (\d+);/.exec(message)?.[1])];
}
