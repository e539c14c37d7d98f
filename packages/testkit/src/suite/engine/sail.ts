import { existsSync } from "node:fs";
import { isTowpathError, systemClock, type Clock } from "@towpath/core";
import { createExec, createRedactor, killSurvivors } from "@towpath/kit";
import { registerAuthors, specified } from "./authors.ts";
import type { EngineModule } from "./engine-module.ts";
import { planted, type PlantedBug } from "./planted-bugs.ts";
import { createVoyage } from "./voyage.ts";

/** Where a process kills itself. */
export interface CrashPoint {
  /** A write of the journal, or an effect in the world. */
  readonly at: "write" | "effect";
  /** Counts from 1 in each process. */
  readonly n: number;
  readonly when: "before" | "after";
}

/** What a process of the crash matrix does. */
export interface CrashTask {
  /** Address of the module that opens the engine. */
  readonly module: string;
  readonly folder: string;
  readonly run: string;
  readonly action: "start" | "resume";
  /** How far ahead of the machine its clock is, in milliseconds. */
  readonly offsetMs: number;
  /** Whether the release turns out bad in production. */
  readonly sick: boolean;
  readonly crash?: CrashPoint;
  readonly bug?: PlantedBug;
  /** Waits until this file exists, so that several begin at once. */
  readonly barrier?: string;
}

/** What it says when it comes to its end. */
export interface CrashAnswer {
  readonly status?: string;
  readonly exit?: number;
  readonly code?: string;
  readonly writes: number;
  readonly effects: number;
}

const soakMs = 7 * 86_400_000;

/**
 * Carries a voyage on, in this process. With a crash point the process dies there.
 * @param env the host's environment
 */
export async function sail(
  task: CrashTask,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CrashAnswer> {
  const { crash, folder, run, bug } = task;
  const counts = { write: 0, effect: 0 };
  const reach = (at: CrashPoint["at"], n: number, when: CrashPoint["when"]): void => {
    counts[at] = n;
    if (crash?.at === at && crash.n === n && crash.when === when) process.kill(process.pid, "SIGKILL");
  };
  let effects = 0;
  const onEffect = (when: "before" | "after"): void => {
    if (when === "before") effects += 1;
    reach("effect", effects, when);
  };
  const clock: Clock = { ...systemClock, now: () => Date.now() + task.offsetMs };
  const blind = bug === "no-probe" ? ({ probe: "absent" } as const) : {};
  const voyage = await createVoyage(folder, clock, {
    soakMs,
    component: specified,
    more: registerAuthors,
    staging: { onEffect, ...blind },
    production: { onEffect, sick: task.sick, ...blind },
    async onGate(stage, exec) {
      if (stage !== "testing") return undefined;
      // It leaves its group and its parents; only its environment tells whose it is.
      await exec({ command: "setsid", args: ["--fork", "sleep", "300"] });
      const secret = { CANARY_TOKEN: env["CANARY_TOKEN"] ?? "" };
      return (await exec({ command: "printenv", args: ["CANARY_TOKEN"], env: secret })).stdout;
    },
  });
  // The address comes from the suite that started this process.
  const { openEngine } = (await import(task.module)) as EngineModule;
  const engine = openEngine({
    folder,
    clock,
    faults: { before: (n) => reach("write", n, "before"), after: (n) => reach("write", n, "after") },
    ...planted(bug, folder),
  });
  while (task.barrier !== undefined && !existsSync(task.barrier))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  const { redact } = createRedactor(env);
  const exec = createExec({ root: folder, runId: run, env, redact });
  const reap = async (id: string): Promise<void> => void (await killSurvivors("TOWPATH_RUN_ID", id));
  const host = { exec, reap };
  try {
    const report = await voyage[task.action](engine, run, { host });
    return { status: report.status, exit: report.exit, writes: counts.write, effects: counts.effect };
  } catch (error) {
    const code = isTowpathError(error) ? error.data.code : String(error);
    return { code, writes: counts.write, effects: counts.effect };
  } finally {
    engine.close();
  }
}
