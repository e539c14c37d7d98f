import { type Breakage, type Evidence, type GateContext, isBreakage, type Threshold } from "@towpath/core";
import { candidates, orBreakage } from "@towpath/kit";
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
  const subject = await prepared(ctx, check);
  return evidenceOf(subject, await run(subject, check, [subject]), check);
}

/** Checks components, those with the same ruff in one run of it; answers in their order. */
export async function checkMany(
  contexts: readonly GateContext[],
  check: RuffCheck,
): Promise<readonly (Evidence | Breakage)[]> {
  const answers = new Map<GateContext, Evidence | Breakage>();
  const subjects: Subject[] = [];
  const prepare = async (ctx: GateContext): Promise<void> => {
    const subject = await orBreakage(() => prepared(ctx, check));
    if (isBreakage(subject)) answers.set(ctx, subject);
    else subjects.push(subject);
  };
  await Promise.all(contexts.map(prepare));
  for (const group of Map.groupBy(subjects, ({ engine }) => engineKey(engine)).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const together = await orBreakage(() => run(first, check, group));
    for (const subject of group) {
      // What broke the common run may lie in one component alone.
      const alone = isBreakage(together) && group.length > 1;
      const own = alone ? await orBreakage(() => run(subject, check, [subject])) : together;
      const answer = isBreakage(own) ? own : orBreakage(() => evidenceOf(subject, own, check));
      answers.set(subject.ctx, await answer);
    }
  }
  return contexts.flatMap((ctx) => answers.get(ctx) ?? []);
}

async function prepared(ctx: GateContext, { command, options }: RuffCheck): Promise<Subject> {
  const files = await candidates(ctx, { of: "both", suffixes: SUFFIXES });
  return { ctx, files, engine: await chooseEngine(ctx, command, options) };
}

function evidenceOf({ ctx, files }: Subject, ruffRun: RuffRun, { threshold }: RuffCheck): Promise<Evidence> {
  return toEvidence(ctx, files, ruffRun, threshold);
}

function engineKey(engine: Engine): string {
  return JSON.stringify(engine === undefined ? [] : [engine.command, ...engine.args]);
}

async function run(
  { ctx, engine }: Subject,
  { command }: RuffCheck,
  together: readonly Subject[],
): Promise<RuffRun> {
  if (engine === undefined) {
    return runWasm(ctx, command, [...new Set(together.flatMap(({ files }) => files))]);
  }
  const places = together.flatMap(({ ctx: { component } }) => [...component.source, ...component.tests]);
  return runNative(ctx, engine, command, [...new Set(places)]);
}
