import type { Config } from "./config/types.ts";
import { TowpathError } from "./errors.ts";
import { deepFreeze } from "./freeze.ts";
import type { Component } from "./gate.ts";
import type { Kernel } from "./kernel.ts";
import type { Plan, PlannedGate, PlannedStage } from "./plan.ts";
import { stages, stagesFor, type Stage, type StageName, type Target } from "./stages.ts";

/** What a plan is asked for. */
export interface PlanRequest {
  readonly kind: "run" | "check";
  readonly target: Target;
  readonly components: readonly Component[];
  readonly trusted: boolean;
  /** Whether safe fixes may be applied; never for production. */
  readonly fix: boolean;
  /** For a check: the names of the gates to run. @default every gate of the target's stages */
  readonly only?: readonly string[];
  /** First and last stage of a run. @default all stages of the target */
  readonly from?: StageName;
  readonly until?: StageName;
}

/**
 * Makes the plan: which stages, which gates, which thresholds. Runs no tool, reads no file.
 * @throws {TowpathError} TP1209 when a stage has no gate and the configuration does not skip it, TP1006 when nothing is selected
 */
export async function makePlan(kernel: Kernel, config: Config, request: PlanRequest): Promise<Plan> {
  const planned =
    request.kind === "check"
      ? [checkStage(kernel, config, request)]
      : await runStages(kernel, config, request);
  const plan: Plan = {
    schemaVersion: 1,
    kind: request.kind,
    target: request.target,
    components: request.components,
    stages: planned,
    plugins: [...kernel.plugins],
    ...(config.file === undefined ? {} : { configFile: config.file }),
    trusted: request.trusted,
    fix: request.fix && request.target !== "production",
  };
  return deepFreeze(await kernel.hooks.plan.promise(plan));
}

async function runStages(
  kernel: Kernel,
  config: Config,
  request: PlanRequest,
): Promise<readonly PlannedStage[]> {
  const all = stagesFor(request.target);
  const first = request.from === undefined ? 0 : indexOf(all, request.from, request.target);
  const last = request.until === undefined ? all.length - 1 : indexOf(all, request.until, request.target);
  const chosen = all.slice(first, last + 1);
  if (chosen.length === 0)
    throw new TowpathError("TP1006", { message: "no stage lies between --from and --until" });
  return Promise.all(chosen.map((stage) => planStage(kernel, config, request.target, stage)));
}

async function planStage(
  kernel: Kernel,
  config: Config,
  target: Target,
  stage: Stage,
): Promise<PlannedStage> {
  const settings = config.stages[stage.name] ?? {};
  const registered = [...kernel.gates.values()].filter(({ gate }) => gate.stages.includes(stage.name));
  const names = await kernel.hooks.gates.for(stage.name).promise(registered.map(({ gate }) => gate.name));
  const gates = [...new Set(names)].map((name) => planGate(kernel, config, target, name));
  const retry = { ...stage.retry, ...settings.retry };
  if (settings.skip !== undefined) return { name: stage.name, gates: [], retry, skip: settings.skip };
  if (gates.length === 0) {
    throw new TowpathError("TP1209", {
      message: `the stage ${stage.name} has no gate`,
      fix: [
        "Add a plugin that has one to `plugins:`.",
        `Or leave the stage out, with a reason that every report shows: stages: {${stage.name}: {skip: "<reason>"}}`,
      ],
      where: config.file === undefined ? [] : [config.file],
    });
  }
  return { name: stage.name, gates, retry };
}

function checkStage(kernel: Kernel, config: Config, request: PlanRequest): PlannedStage {
  const inTarget = new Set(stagesFor(request.target).map((stage) => stage.name));
  const names =
    request.only ??
    [...kernel.gates.values()]
      .filter(({ gate }) => gate.stages.some((stage) => inTarget.has(stage)))
      .map(({ gate }) => gate.name);
  const gates = names.map((name) => planGate(kernel, config, request.target, name));
  if (gates.length === 0 || request.components.length === 0) throw new TowpathError("TP1006");
  const testing = stages.find((stage) => stage.name === "testing");
  const retry = {
    max: 0,
    baseMs: 0,
    factor: 1,
    capMs: 0,
    ...testing?.retry,
    ...config.stages.testing?.retry,
  };
  return { name: "check", gates, retry };
}

function planGate(kernel: Kernel, config: Config, target: Target, name: string): PlannedGate {
  const registered = kernel.gates.get(name);
  if (!registered) throw new TowpathError("TP1207", { message: `a plugin named the unknown gate ${name}` });
  const { gate, plugin } = registered;
  const settings = config.gates[name] ?? {};
  return {
    name,
    plugin,
    category: gate.category,
    required: settings.required ?? true,
    executesCode: gate.executesCode || needsCode(kernel, name),
    timeoutMs: settings.timeoutMs ?? gate.timeoutMs ?? 600_000,
    thresholds: gate.thresholds?.(target) ?? [],
  };
}

function needsCode(kernel: Kernel, name: string): boolean {
  const needs = kernel.gates.get(name)?.gate.needs ?? [];
  return needs.some((key) => kernel.producers.get(key.id)?.executesCode === true);
}

function indexOf(all: readonly Stage[], name: StageName, target: Target): number {
  const index = all.findIndex((stage) => stage.name === name);
  if (index < 0) throw new TowpathError("TP1001", { message: `the target ${target} has no stage ${name}` });
  return index;
}
