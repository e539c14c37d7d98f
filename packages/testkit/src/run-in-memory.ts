import { randomUUID } from "node:crypto";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createKernel,
  makePlan,
  memoryEngine,
  startRun,
  systemClock,
  type Clock,
  type Component,
  type Exec,
  type Host,
  type Journal,
  type PlanRequest,
  type Plugin,
  type RunReport,
  type TowpathEvent,
  type Workspace,
} from "@towpath/core";
import type { Config } from "@towpath/core/config";
import { createExec, createRedactor, createWorkspace, lookAt } from "@towpath/kit";
import { machineEnv } from "./machine-env.ts";
import { onExit } from "./on-exit.ts";

/** What is run, and on what. */
export interface InMemoryRun extends Partial<
  Pick<PlanRequest, "kind" | "target" | "trusted" | "fix" | "only" | "until">
> {
  /** Set up one after the other. */
  readonly plugins: readonly Plugin[];
  /** Absolute path of the repository. */
  readonly root: string;
  /** What is left out: name `foo`, source `src/<name>`, tests `tests`. @default one component `foo` */
  readonly components?: readonly Partial<Component>[];
  /** The configuration beside plugins and components. @default nothing is tried again or deployed */
  readonly config?: Partial<Pick<Config, "file" | "stages" | "gates">>;
  /** Added to `PATH`, `HOME` and the few more variables that programs need; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** Processors that gates may use at once. @default 2 */
  readonly cores?: number;
  /** @default one that reads `root` anew */
  readonly workspace?: Workspace;
  /** What is on record before the run: facts, samples, results. @default nothing */
  readonly journal?: Journal;
  /** Stands before, or in place of, what starts processes. @param outDir absolute path of the run's outputs */
  readonly exec?: (real: Exec, outDir: string) => Exec;
}

/** What came of a run. */
export interface InMemoryOutcome {
  readonly report: RunReport;
  /** Every event of the run, in order. */
  readonly events: readonly TowpathEvent[];
  readonly warnings: RunReport["warnings"];
}

/** A tool that ignores SIGTERM holds a test up for this many milliseconds. */
const killGraceMs = 300;

/**
 * Carries out a run or a check with the real kernel, pipeline and kit, without a journal: nothing is left behind but
 * what the gates themselves write. By default a check for `dev`, trusted, without fixes.
 * @throws what the kernel throws for plugins and plans that are not usable
 * @example const { report, events } = await runInMemory({ plugins: [ruff()], root, kind: "check", only: ["lint"] });
 */
export async function runInMemory(run: InMemoryRun): Promise<InMemoryOutcome> {
  const { plugins, components = [{}], kind = "check", target = "dev", trusted = true, fix = false } = run;
  const clock = run.clock ?? systemClock;
  const root = await realpath(run.root);
  const kernel = createKernel({ now: () => clock.now(), root, env: { ...machineEnv(), ...run.env } });
  const events: TowpathEvent[] = [];
  kernel.bus.onAny((event) => void events.push(event));
  const outDir = await realpath(await mkdtemp(join(tmpdir(), "towpath-run-")));
  const forget = onExit(outDir);
  try {
    for (const plugin of plugins) await kernel.use(plugin);
    kernel.seal();
    const config: Config = {
      plugins,
      components: {},
      gates: {},
      stages: {
        testing: { retry: { max: 0 } },
        refactoring: { retry: { max: 0 } },
        staging: { noDeploy: "a run in memory deploys nothing" },
        production: { noDeploy: "a run in memory deploys nothing" },
      },
      ...run.config,
    };
    const { only, until } = run;
    const plan = await makePlan(kernel, config, {
      kind,
      target,
      trusted,
      fix,
      components: components.map(completed),
      ...(only === undefined ? {} : { only }),
      ...(until === undefined ? {} : { until }),
    });
    const id = randomUUID();
    const host = await hostOf(run, { id, clock, outDir, trusted });
    const engine = memoryEngine(clock, run.journal);
    const report = await startRun({ id, plan }, { engine, config, kernel, host });
    return { report, events, warnings: report.warnings };
  } finally {
    await kernel.close();
    await rm(outDir, { recursive: true, force: true });
    forget();
  }
}

async function hostOf(
  run: InMemoryRun,
  { id, clock, outDir, trusted }: { id: string; clock: Clock; outDir: string; trusted: boolean },
): Promise<Host> {
  const root = await realpath(run.root);
  const env = { ...machineEnv(), ...run.env };
  const { redact } = createRedactor(env);
  const real = createExec({ root, runId: id, env, redact, killGraceMs, writable: [outDir] });
  return {
    workspace: run.workspace ?? (await createWorkspace(root, real)),
    exec: run.exec?.(real, outDir) ?? real,
    lookAt: (environment, ctx) => lookAt(environment, ctx),
    env,
    clock,
    cores: run.cores ?? 2,
    outDir,
    trusted,
    signal: run.signal ?? new AbortController().signal,
  };
}

function completed(component: Partial<Component>): Component {
  const name = component.name ?? "foo";
  return { name, source: [`src/${name}`], tests: ["tests"], ...component };
}
