import { Breakage, type Evidence, type GateContext, isBreakage, type Threshold } from "@towpath/core";
import { candidates } from "@towpath/kit";
import { chooseEngine, type Engine } from "./engine.ts";
import { toEvidence } from "./evidence.ts";
import type { RuffCommand } from "./log.ts";
import { runNative } from "./native.ts";
import type { RuffOptions } from "./options.ts";
import type { RuffRun } from "./run.ts";
import { runWasm } from "./wasm/run-wasm.ts";

/** What a ruff gate checks, and against what. */
export interface RuffCheck {
  readonly command: RuffCommand;
  readonly options: RuffOptions;
  readonly threshold: Threshold;
}

/** What ruff takes for Python. */
const SUFFIXES = [".py", ".pyi", ".ipynb"];

/** What is known of a component before ruff runs. */
interface Subject {
  readonly ctx: GateContext;
  readonly engine: Engine;
  readonly files: readonly string[];
}

/**
 * Checks one component.
 * @throws {Breakage} of every kind that a tool can have
 */
export async function checkOne(ctx: GateContext, check: RuffCheck): Promise<Evidence> {
  const subject = await prepare(ctx, check);
  return toEvidence(ctx, subject.files, await run(subject, check, [subject]), check.threshold);
}

/** Checks components, those with the same ruff in one run of it; answers in their order. */
export async function checkMany(
  contexts: readonly GateContext[],
  check: RuffCheck,
): Promise<readonly (Evidence | Breakage)[]> {
  const answers = new Map<GateContext, Evidence | Breakage>();
  const subjects: Subject[] = [];
  for (const ctx of contexts) {
    const subject = await orBreakage(() => prepare(ctx, check));
    if (isBreakage(subject)) answers.set(ctx, subject);
    else subjects.push(subject);
  }
  for (const group of Map.groupBy(subjects, ({ engine }) => engineKey(engine)).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const together = await orBreakage(() => run(first, check, group));
    for (const subject of group) {
      // What broke the common run may lie in one component alone.
      const own = (): Promise<RuffRun> => (isBreakage(together) ? run(subject, check, [subject]) : Promise.resolve(together));
      const answer = orBreakage(async () => toEvidence(subject.ctx, subject.files, await own(), check.threshold));
      answers.set(subject.ctx, await answer);
    }
  }
  return contexts.flatMap((ctx) => answers.get(ctx) ?? []);
}

async function prepare(ctx: GateContext, { command, options }: RuffCheck): Promise<Subject> {
  const files = await candidates(ctx, { of: "both", suffixes: SUFFIXES });
  return { ctx, files, engine: await chooseEngine(ctx, command, options) };
}

function engineKey(engine: Engine): string {
  return JSON.stringify(engine === undefined ? [] : [engine.command, ...engine.args]);
}

async function run({ ctx, engine }: Subject, { command }: RuffCheck, together: readonly Subject[]): Promise<RuffRun> {
  if (engine === undefined) return runWasm(ctx, command, [...new Set(together.flatMap(({ files }) => files))]);
  const paths = together.flatMap(({ ctx: { component } }) => [...component.source, ...component.tests]);
  return runNative(ctx, engine, command, [...new Set(paths)]);
}

async function orBreakage<T>(work: () => Promise<T>): Promise<T | Breakage> {
  try {
    return await work();
  } catch (error) {
    if (isBreakage(error)) return error;
    throw error;
  }
}
