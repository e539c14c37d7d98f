import type { Fact, Place, ProofKind, SpecDoc, SpecRequirement, TestRun, TestTier } from "@towpath/core";
import { markedId } from "./marked-id.ts";

/** A test that names a requirement, as it was executed. */
export interface TracedTest {
  /** pytest's node id, its path relative to the repository root. */
  readonly id: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly file: string;
  readonly line: number;
  /** For a generated test. */
  readonly tier?: TestTier;
}

/** A requirement with what became of its tests. */
export interface TraceRow {
  readonly requirement: string;
  readonly title: string;
  readonly at: Place;
  /** By what it is to be proven. */
  readonly proof: ProofKind;
  /**
   * `proven`: a test passed at once, and none failed. `failing`: one failed. `gap`: no test counts. `other-proof`: a
   * fresh drill or attestation is on record. `deferred`: it is a MAY without any test.
   */
  readonly state: "proven" | "failing" | "gap" | "other-proof" | "deferred";
  readonly tests: readonly TracedTest[];
}

/** `details` of the gate `trace`. A versioned contract. */
export interface TraceDetails {
  readonly schemaVersion: 1;
  readonly rows: readonly TraceRow[];
}

/** What requirements are traced to. */
export interface TraceSources {
  readonly run: TestRun;
  /** Path of a test's file relative to the repository root, from that in the run. */
  readonly pathOf: (file: string) => string;
  readonly tierOf: (file: string) => TestTier | undefined;
  readonly facts: readonly Fact[];
  /** Digest of the component's tree. */
  readonly tree: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Days past which a drill no longer proves anything. */
const drillMaxAgeDays = 30;

const dayMs = 24 * 60 * 60 * 1000;

/** One row for each requirement, in the order of the specification. */
export function traceRows({ requirements }: SpecDoc, sources: TraceSources): readonly TraceRow[] {
  return requirements.map((requirement) => {
    const executed = sources.run.tests.filter(({ spec }) =>
      spec.some((id) => markedId(id) === requirement.id),
    );
    const tests = executed.map((test): TracedTest => {
      const file = sources.pathOf(test.file);
      const tier = sources.tierOf(file);
      const [, ...below] = test.nodeid.split("::");
      return {
        id: [file, ...below].join("::"),
        outcome: test.outcome,
        file,
        line: test.line,
        ...(tier === undefined ? {} : { tier }),
      };
    });
    const proves = executed.some(
      ({ outcome, rerun, expectedFailure }) => outcome === "passed" && !rerun && !expectedFailure,
    );
    return {
      requirement: requirement.id,
      title: requirement.title,
      at: requirement.at,
      proof: requirement.proof ?? "test",
      state: executed.some(({ outcome }) => outcome === "failed")
        ? "failing"
        : proves
          ? "proven"
          : stateWithoutTest(requirement, executed.length, sources),
      tests,
    };
  });
}

function stateWithoutTest(
  requirement: SpecRequirement,
  executed: number,
  sources: TraceSources,
): TraceRow["state"] {
  if (requirement.proof === "drill" && isDrilled(requirement, sources)) return "other-proof";
  if (requirement.proof === "attestation" && isAttested(requirement, sources)) return "other-proof";
  return requirement.modal === "may" && executed === 0 ? "deferred" : "gap";
}

/** Whether the newest drill of the kind that the requirement speaks of passed in time, and is recent. */
function isDrilled({ title, text, criteria }: SpecRequirement, { facts, now }: TraceSources): boolean {
  const words = [title, text, ...criteria.map((one) => one.text)].join("\n").toLowerCase();
  const kinds = (["rollback", "monitoring"] as const).filter((kind) => words.includes(kind));
  return (
    kinds.length > 0 &&
    kinds.every((kind) => {
      const drill = facts.findLast((fact) => fact.kind === "drill" && fact.drill === kind);
      if (drill?.kind !== "drill" || drill.scenarios.length === 0) return false;
      const days = (now - Date.parse(drill.at)) / dayMs;
      return (
        days >= 0 &&
        days <= drillMaxAgeDays &&
        drill.scenarios.every(({ passed, tookMs, limitMs }) => passed && tookMs <= limitMs)
      );
    })
  );
}

/** Whether somebody vouched for the requirement, by its id or title, on this very code. */
function isAttested({ id, title }: SpecRequirement, { facts, tree, now }: TraceSources): boolean {
  const names = new Set([id, title].map(slug));
  return facts.some(
    (fact) =>
      fact.kind === "attestation" &&
      names.has(slug(fact.criterion)) &&
      fact.tree === tree &&
      Date.parse(fact.expires) > now,
  );
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
}
