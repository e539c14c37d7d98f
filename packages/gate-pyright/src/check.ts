import { type Breakage, type Evidence, type GateContext, isBreakage } from "@towpath/core";
import { orBreakage } from "@towpath/kit";
import { ask } from "./ask.ts";
import { type Limits, toEvidence } from "./evidence.ts";
import { groupKey, prepare, type Subject } from "./subject.ts";

/**
 * Checks one component.
 * @throws {Breakage} when it cannot be decided
 */
export async function checkOne(ctx: GateContext, limits: Limits): Promise<Evidence> {
  return checkAlone(await prepare(ctx), limits);
}

/** Checks components, those that share pyright, interpreter and configuration by one process; in their order. */
export async function checkMany(
  contexts: readonly GateContext[],
  limits: Limits,
): Promise<readonly (Evidence | Breakage)[]> {
  const prepared = await Promise.all(contexts.map((ctx) => orBreakage(() => prepare(ctx))));
  const answers = new Map<GateContext, Evidence | Breakage>();
  const subjects: Subject[] = [];
  for (const [index, ctx] of contexts.entries()) {
    const subject = prepared[index];
    if (isBreakage(subject)) answers.set(ctx, subject);
    else if (subject !== undefined) subjects.push(subject);
  }
  for (const group of Map.groupBy(subjects, groupKey).values()) {
    for (const [ctx, answer] of await checkGroup(group, limits)) answers.set(ctx, answer);
  }
  return contexts.flatMap((ctx) => answers.get(ctx) ?? []);
}

async function checkAlone(subject: Subject, limits: Limits): Promise<Evidence> {
  return toEvidence(subject, await ask(subject, subject.files), limits);
}

async function checkGroup(
  group: readonly Subject[],
  limits: Limits,
): Promise<readonly (readonly [GateContext, Evidence | Breakage])[]> {
  const files = [...new Set(group.flatMap((subject) => subject.files))].toSorted();
  const [first] = group;
  const together = first && group.length > 1 ? await orBreakage(() => ask(first, files)) : undefined;
  const answers: (readonly [GateContext, Evidence | Breakage])[] = [];
  for (const subject of group) {
    // What broke the common run may lie in one component alone; and pyright does not say which files its
    // configuration left out, so that only a run for each component tells whose they are.
    const alone = together === undefined || isBreakage(together) || together.checked < files.length;
    const answer = await orBreakage(() => {
      if (alone) return checkAlone(subject, limits);
      const own = new Set(subject.files);
      const diagnostics = together.diagnostics.filter(({ path }) => own.has(path));
      return toEvidence(subject, { ...together, checked: own.size, diagnostics }, limits);
    });
    answers.push([subject.ctx, answer]);
  }
  return answers;
}
