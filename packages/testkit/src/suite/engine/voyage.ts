import { join } from "node:path";
import { mkdirSync } from "node:fs";
import {
  makePlan,
  makeTargetPlan,
  resumeRun,
  startRun,
  type Backoff,
  type Clock,
  type Component,
  type Conflict,
  type Engine,
  type Exec,
  type Host,
  type Kernel,
  type PlannedDrill,
  type PluginApi,
  type RunParts,
  type RunReport,
  type Settlement,
} from "@towpath/core";
import { bareHost, component, gate, good, kernelOf } from "./bare-run.ts";
import { createWorld, worldBuilder, type World, type WorldManners } from "./world.ts";

const noRetry = { max: 0, baseMs: 0, factor: 1, capMs: 0 };
const day = 86_400_000;

/** How a voyage, a run through all six stages in a small world, differs from the plain one. */
export interface VoyageOptions {
  readonly staging?: WorldManners;
  readonly production?: WorldManners;
  /** How often breakage is tried again; `table`: as the stages say. @default deploys twice, without delay */
  readonly retry?: Backoff | "table";
  /** How long the release must soak, in milliseconds. @default no soak */
  readonly soakMs?: number;
  /** Called by the gate of a stage; what it answers becomes a note of the evidence. */
  onGate?(stage: string, exec: Exec): Promise<string | undefined>;
  /** More that the plugin registers. */
  more?(api: PluginApi): void;
  /** @default one without a specification */
  readonly component?: Component;
}

/** A kernel with one gate per stage, worlds to deploy to, and what runs are started with. */
export interface Voyage {
  readonly staging: World;
  readonly production: World;
  readonly kernel: Kernel;
  start(engine: Engine, id: string, options?: VoyageStart): Promise<RunReport>;
  resume(engine: Engine, id: string, options?: VoyageStart): Promise<RunReport>;
  /** Stages a failure in staging. */
  drill(engine: Engine, id: string, drill: PlannedDrill["drill"]): Promise<RunReport>;
  /** Takes back what production runs. */
  rollBack(engine: Engine, id: string): Promise<RunReport>;
}

/** How one process of a voyage is started. */
export interface VoyageStart {
  readonly host?: Partial<Host>;
  readonly onConflict?: Conflict;
  /** What an operator says of an effect that nobody can tell about. */
  readonly settle?: Settlement;
}

/** @param folder absolute; worlds and artifacts lie in it */
export async function createVoyage(
  folder: string,
  clock: Clock,
  options: VoyageOptions = {},
): Promise<Voyage> {
  mkdirSync(folder, { recursive: true });
  const staging = createWorld(folder, "staging", options.staging);
  const production = createWorld(folder, "production", options.production);
  const { retry = { ...noRetry, max: 2 }, soakMs } = options;
  const kernel = await kernelOf((api) => {
    for (const stage of ["specification", "implementation", "testing", "refactoring", "staging"] as const)
      api.gate(
        gate(`${stage}-gate`, {
          stages: [stage],
          async check(ctx) {
            const note = await options.onGate?.(stage, ctx.exec);
            return note === undefined ? good : { ...good, notes: [note] };
          },
        }),
      );
    api.gate(
      gate("soak", {
        stages: ["production"],
        subject: "deployment",
        async check({ deployment, now }) {
          const until = Date.parse(deployment?.since ?? "") + (soakMs ?? 0);
          return now() < until ? { ...good, waiting: { for: "the soak", until } } : good;
        },
      }),
    );
    api.builder(worldBuilder);
    api.deployer("staging", staging.deployer);
    api.deployer("production", production.deployer);
    options.more?.(api);
  });
  const config = {
    plugins: [],
    components: {},
    gates: {},
    evidence: { maxAgeHours: (30 * day) / 3_600_000 },
    stages:
      retry === "table"
        ? {}
        : {
            testing: { retry: noRetry },
            refactoring: { retry: noRetry },
            staging: { retry },
            production: { retry },
          },
  };
  const parts = (engine: Engine, start: VoyageStart, id: string): RunParts => ({
    engine,
    config,
    kernel,
    host: bareHost(folder, clock, { outDir: join(folder, "out", id), ...start.host }),
  });
  return {
    staging,
    production,
    kernel,
    async start(engine, id, start = {}) {
      const request = { target: "production", trusted: true, fix: false } as const;
      const components = [options.component ?? component];
      const plan = await makePlan(kernel, config, { ...request, components, kind: "run" });
      const { onConflict = "reject" } = start;
      return startRun({ id, plan, onConflict }, parts(engine, start, id));
    },
    resume: (engine, id, start = {}) =>
      resumeRun(id, parts(engine, start, id), start.settle === undefined ? {} : { settle: start.settle }),
    drill(engine, id, drill) {
      const planned: PlannedDrill = {
        drill,
        environment: "staging",
        sabotages: staging.deployer.sabotages ?? [],
        limitMs: 60_000,
      };
      const plan = makeTargetPlan(kernel, config, { component, trusted: true, drill: planned });
      return startRun({ id, plan, onConflict: "beside" }, parts(engine, {}, id));
    },
    rollBack(engine, id) {
      const rollback = { environment: "production", reason: "asked for" } as const;
      const plan = makeTargetPlan(kernel, config, { component, trusted: true, rollback });
      return startRun({ id, plan, onConflict: "supersede" }, parts(engine, {}, id));
    },
  };
}
