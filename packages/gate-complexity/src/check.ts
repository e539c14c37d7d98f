import { type Breakage, type Evidence, type GateContext, isBreakage, type Threshold } from "@towpath/core";
import { candidates, orBreakage } from "@towpath/kit";
import { chooseEngine } from "./choose-engine.ts";
import type { Engine, FileOutcomes } from "./engine.ts";
import { toEvidence } from "./evidence.ts";
import type { ComplexityOptions } from "./options.ts";

/** How and against what complexity is checked. */
export interface ComplexityCheck {
  readonly options: ComplexityOptions;
  readonly limit: Threshold;
}

interface Subject {
  readonly ctx: GateContext;
  readonly files: readonly string[];
  readonly engine: Engine;
}

/**
 * Checks one component.
 * @throws {Breakage} when it cannot be decided
 */
export async function checkOne(ctx: GateContext, check: ComplexityCheck): Promise<Evidence> {
  return checkAlone(await prepare(ctx, check), check);
}

/** Checks components, those that share an engine in one go of it; answers in their order. */
export async function checkMany(
  contexts: readonly GateContext[],
  check: ComplexityCheck,
): Promise<readonly (Evidence | Breakage)[]> {
  const prepared = await Promise.all(contexts.map((ctx) => orBreakage(() => prepare(ctx, check))));
  const answers = new Map<GateContext, Evidence | Breakage>();
  const subjects: Subject[] = [];
  for (const [index, ctx] of contexts.entries()) {
    const subject = prepared[index];
    if (isBreakage(subject)) answers.set(ctx, subject);
    else if (subject !== undefined) subjects.push(subject);
  }
  for (const group of Map.groupBy(subjects, ({ engine }) => engine.key).values()) {
    const together = await orBreakage(() => measureTogether(group));
    for (const subject of group) {
      // What broke the common run may lie in one component alone.
      const answer = await orBreakage(() =>
        isBreakage(together) ? checkAlone(subject, check) : judge(subject, together, check),
      );
      answers.set(subject.ctx, answer);
    }
  }
  return contexts.flatMap((ctx) => answers.get(ctx) ?? []);
}

async function prepare(ctx: GateContext, { options }: ComplexityCheck): Promise<Subject> {
  const files = await candidates(ctx, { of: "source", suffixes: [".py"] });
  return { ctx, files, engine: await chooseEngine(ctx, options) };
}

async function measureTogether(group: readonly Subject[]): Promise<FileOutcomes> {
  const [first] = group;
  if (first === undefined) return new Map();
  return first.engine.measure(first.ctx, [...new Set(group.flatMap(({ files }) => files))].toSorted());
}

async function checkAlone(subject: Subject, check: ComplexityCheck): Promise<Evidence> {
  return judge(subject, await subject.engine.measure(subject.ctx, subject.files), check);
}

function judge(
  { ctx, engine, files }: Subject,
  outcomes: FileOutcomes,
  { limit }: ComplexityCheck,
): Promise<Evidence> {
  return toEvidence(engine, { root: ctx.workspace.root, files, outcomes }, limit);
}
