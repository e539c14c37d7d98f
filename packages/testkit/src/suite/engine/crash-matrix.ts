import { execFile } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock, type Engine, type Fact, type StepRow } from "@towpath/core";
import { findSurvivors, killSurvivors } from "@towpath/kit";
import { machineEnv } from "../../machine-env.ts";
import { authored } from "./authors.ts";
import type { EngineModule } from "./engine-module.ts";
import type { PlantedBug } from "./planted-bugs.ts";
import { sail, type CrashAnswer, type CrashPoint, type CrashTask } from "./sail.ts";
import { createWorld } from "./world.ts";

const day = 86_400_000;
const canary = "canary-5f8d1c-never-stored";
const child = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./crash-child.ts" : "./crash-child.mjs", import.meta.url),
);

/** One case: a run that is killed at up to two places and then led to its end. */
export interface CrashCase {
  readonly sick: boolean;
  readonly first: CrashPoint;
  readonly second?: CrashPoint;
}

/** A case and what of the invariants it broke. */
export interface BrokenCase {
  readonly case: CrashCase;
  readonly broken: readonly string[];
}

/**
 * Every write of the journal and every effect, before and after, each followed by a second crash at a place drawn from
 * its number, so that the matrix is the same each time.
 * @param module address of the engine's module
 */
export async function crashCases(module: string, sick: boolean): Promise<readonly CrashCase[]> {
  const { writes, effects } = await inFolder(async (folder) => {
    const plain: Omit<CrashTask, "action" | "offsetMs"> = { module, folder, run: runIn(folder, "dry"), sick };
    const first = await sail({ ...plain, action: "start", offsetMs: 0 }, childEnv());
    const second = await sail({ ...plain, action: "resume", offsetMs: 8 * day }, childEnv());
    if (second.status !== "closed")
      throw new Error(`without a crash it ended with ${JSON.stringify(second)}`);
    return { writes: first.writes + second.writes, effects: first.effects + second.effects };
  });
  const points: CrashPoint[] = [];
  for (const when of ["before", "after"] as const) {
    for (let n = 1; n <= writes; n += 1) points.push({ at: "write", n, when });
    for (let n = 1; n <= effects; n += 1) points.push({ at: "effect", n, when });
  }
  return points.map((first, index) => {
    const second = points[(index * 7 + 3) % points.length];
    return { sick, first, ...(second === undefined ? {} : { second }) };
  });
}

/** Carries out cases, as many at once as there are processors, and answers with those that broke a promise. */
export async function brokenCases(
  module: string,
  cases: readonly CrashCase[],
  bug?: PlantedBug,
): Promise<readonly BrokenCase[]> {
  const queue = [...cases];
  const bad: BrokenCase[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const broken = await carryOut(module, next, bug);
      if (broken.length > 0) bad.push({ case: next, broken });
      // One is enough to know that a planted bug is found.
      if (bug !== undefined && bad.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return bad;
}

/** Starts runs of one component at once and answers how many became its owner, and what else went wrong. */
export function race(
  module: string,
  racers: number,
  bug?: PlantedBug,
): Promise<{ readonly owners: number; readonly broken: readonly string[] }> {
  return inFolder(async (folder) => {
    const barrier = join(folder, "go");
    const tasks = Array.from({ length: racers }, (_, index): CrashTask => {
      const base = {
        module,
        folder,
        run: runIn(folder, `racer-${index}`),
        action: "start",
        offsetMs: 0,
        sick: false,
        barrier,
      } as const;
      return bug === undefined ? base : { ...base, bug };
    });
    const answers = Promise.all(tasks.map(start));
    writeFileSync(barrier, "");
    const ended = await answers;
    const owners = ended.filter((answer) => answer?.status === "parked").length;
    const refused = ended.filter((answer) => answer?.code === "TP6101").length;
    const applies = createWorld(folder, "staging")
      .lines()
      .filter(({ action }) => action === "apply");
    const broken = [
      ...(owners + refused === racers ? [] : [`${JSON.stringify(ended)}`]),
      ...(applies.length === 1 ? [] : [`${applies.length} applies in staging`]),
    ];
    for (const { run } of tasks) broken.push(...(await survivors(run)));
    return { owners, broken };
  });
}

async function carryOut(
  module: string,
  { sick, first, second }: CrashCase,
  bug?: PlantedBug,
): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const run = runIn(folder, "voyage");
    const task = (more: Partial<CrashTask>): CrashTask => ({
      module,
      folder,
      run,
      action: "resume",
      offsetMs: 0,
      sick,
      ...(bug === undefined ? {} : { bug }),
      ...more,
    });
    await start(task({ action: "start", crash: first }));
    // Before the run's first write there is nothing to resume.
    if (!(await isKnown(module, folder, run))) await sail(task({ action: "start" }), childEnv());
    if (second !== undefined) await start(task({ crash: second, offsetMs: 8 * day }));
    // What comes after the last crash may as well happen here.
    let answer = await sail(task({ offsetMs: 8 * day }), childEnv());
    // Where staging was reached only now, the soak begins now.
    if (answer.status === "parked") answer = await sail(task({ offsetMs: 16 * day }), childEnv());
    return judge(module, folder, run, sick, answer);
  });
}

/** I1 to I6. */
async function judge(
  module: string,
  folder: string,
  run: string,
  sick: boolean,
  answer: CrashAnswer,
): Promise<readonly string[]> {
  const broken: string[] = [];
  const want = sick ? 1 : 0;
  if (answer.status !== "closed" || answer.exit !== want)
    return [`the run did not end as it must: ${JSON.stringify(answer)}`, ...(await survivors(run))];
  const worlds = (["staging", "production"] as const).map((name) => createWorld(folder, name).lines());
  const effects = worlds.map((lines) => lines.filter(({ action }) => action !== "confirm"));
  for (const lines of effects) {
    const keys = lines.map(({ key }) => key);
    if (new Set(keys).size !== keys.length) broken.push("I1: an effect was done twice");
  }
  const counts = effects.map((lines) => lines.length);
  if (counts[0] !== 1 || counts[1] !== (sick ? 2 : 1)) broken.push(`I1: effects ${counts.join(" and ")}`);
  const before = snapshot(folder);
  broken.push(...(await withEngine(module, folder, async (engine) => judgeJournal(engine, run))));
  const again = await sail({ module, folder, run, action: "resume", offsetMs: 20 * day, sick }, childEnv());
  if (again.status !== "closed" || again.exit !== want || again.writes !== 0)
    broken.push(`I4: a closed run answered ${JSON.stringify(again)}`);
  if (snapshot(folder) !== before) broken.push("I4: a closed run changed the world");
  broken.push(...(await survivors(run)));
  broken.push(...leaks(folder));
  return broken;
}

function judgeJournal({ journal }: Engine, run: string): readonly string[] {
  const broken: string[] = [];
  const steps = journal.steps(run);
  const done = (test: (step: StepRow) => boolean): number =>
    steps.filter((step) => step.outcome?.ok === true && test(step)).length;
  const measured = journal.evidence("foo").entries.length;
  const gates = done(({ id }) => id.includes("/gate:"));
  if (measured < gates) broken.push(`I2: ${gates} gates ended and ${measured} results are on record`);
  const closes = done(({ id }) => id.endsWith("/close"));
  const messages = journal.messages("foo", run).length;
  if (messages !== closes + authored.messages)
    broken.push(`I2: ${closes} stages ended and ${messages} messages are on record`);
  const facts = journal.facts("foo").entries.map(({ body }) => JSON.parse(body) as Fact);
  const said = facts.filter(({ kind }) => kind === "red" || kind === "round").length;
  if (said !== authored.facts) broken.push(`I2: ${said} facts about tests and code are on record`);
  const chain = journal.brokenEvents(run);
  if (chain !== undefined) broken.push(`I3: ${chain}`);
  if (journal.events({ run }).at(-1)?.event.type !== "run:end")
    broken.push("I3: the last event is not the end");
  return broken;
}

/** Cases run beside each other, and a run's processes are told apart by its id alone. */
function runIn(folder: string, name: string): string {
  return `${name}-${basename(folder)}`;
}

async function survivors(run: string): Promise<readonly string[]> {
  const alive = await findSurvivors("TOWPATH_RUN_ID", run);
  await killSurvivors("TOWPATH_RUN_ID", run);
  return alive.length === 0 ? [] : [`I5: ${alive.length} processes of the run are alive`];
}

function leaks(folder: string): readonly string[] {
  return files(folder)
    .filter((path) => readFileSync(path).includes(canary))
    .map((path) => `I6: a secret lies in ${path}`);
}

function snapshot(folder: string): string {
  return JSON.stringify(
    ["staging", "production"].map((name) => readFileSync(join(folder, `${name}.ledger`), "utf8")),
  );
}

function files(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

function isKnown(module: string, folder: string, run: string): Promise<boolean> {
  return withEngine(module, folder, async ({ journal }) => journal.run(run) !== undefined);
}

async function withEngine<T>(
  module: string,
  folder: string,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  // The address comes from the package under test.
  const { openEngine } = (await import(module)) as EngineModule;
  const engine = openEngine({ folder, clock: systemClock });
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "towpath-crash-")));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function childEnv(): Record<string, string | undefined> {
  return { ...machineEnv(), CANARY_TOKEN: canary };
}

/** Carries a voyage on in a process of its own. @returns what the process said, or `undefined` when it was killed */
function start(task: CrashTask): Promise<CrashAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const env = {
      ...machineEnv(),
      CANARY_TOKEN: canary,
      NODE_COMPILE_CACHE: join(tmpdir(), "towpath-compile-cache"),
    };
    execFile(process.execPath, [child, JSON.stringify(task)], { env }, (error, stdout, stderr) => {
      if (stdout.includes(canary)) return reject(new Error("I6: a secret was printed"));
      if (error?.signal === "SIGKILL") return resolve(undefined);
      if (error !== null) return reject(new Error(`${error.message}\n${stderr}`));
      return resolve(JSON.parse(stdout) as CrashAnswer);
    });
  });
}
