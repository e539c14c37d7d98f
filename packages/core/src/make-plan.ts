import type { Config } from "./config/types.ts";
import { defaultMaxAgeMs } from "./decide.ts";
import type { Environment } from "./deployer.ts";
import { TowpathError } from "./errors.ts";
import { deepFreeze } from "./freeze.ts";
import type { Component } from "./gate.ts";
import type { Kernel } from "./kernel.ts";
import type { LeftOut, Plan, PlannedDrill, PlannedGate, PlannedStage } from "./plan.ts";
import { stages, stagesFor, type Stage, type StageName, type Target } from "./stages.ts";

/** What a plan is asked for. */
export interface PlanRequest {
  readonly kind: "run" | "check";
  readonly target: Target;
  readonly components: readonly Component[];
  readonly trusted: boolean;
  /** Whether safe fixes may be applied; never for production. */
  readonly fix: boolean;
  /**
   * For a check: the names of the gates to run. Who names a gate wants to know, so it is required whatever the
   * configuration says. @default every gate of the target's stages that has something to look at
   */
  readonly only?: readonly string[];
  /** First stage of a run; the gates of those before it count by what is stored about them. @default the first one */
  readonly from?: StageName;
  /** Last stage of a run. @default the last one of the target */
  readonly until?: StageName;
  /** Whether the configured agent works; never in untrusted mode. @default true */
  readonly agent?: boolean;
  /** Whether a stored result on the same inputs may stand for a new one. @default true */
  readonly reuse?: boolean;
  /** `Plan.question`. @default unknown */
  readonly question?: string;
}

/**
 * Makes the plan: which stages, which gates, which thresholds. Runs no tool, reads no file.
 * @throws {TowpathError} TP1209 when a stage has no gate and the configuration does not skip it, TP1006 when nothing is selected
 */
export async function makePlan(kernel: Kernel, config: Config, request: PlanRequest): Promise<Plan> {
  const { planned, leftOut } =
    request.kind === "check"
      ? checkStage(kernel, config, request)
      : { planned: await runStages(kernel, config, request), leftOut: [] };
  const plan: Plan = {
    schemaVersion: 1,
    kind: request.kind,
    target: request.target,
    components: request.components,
    stages: planned,
    leftOut,
    plugins: [...kernel.plugins],
    ...(config.file === undefined ? {} : { configFile: config.file }),
    trusted: request.trusted,
    ...(request.question === undefined ? {} : { question: request.question }),
    fix: request.fix && request.target !== "production",
    reuse: request.reuse ?? true,
    maxAgeMs:
      config.evidence?.maxAgeHours === undefined
        ? defaultMaxAgeMs[request.target]
        : config.evidence.maxAgeHours * 3_600_000,
  };
  return deepFreeze(await kernel.hooks.plan.promise(plan));
}

/**
 * Makes the plan of a drill or of going back: no stage, one component, one environment.
 * @throws {TowpathError} TP5001 when nothing deploys to the environment, TP1210 in untrusted mode
 */
export function makeTargetPlan(
  kernel: Kernel,
  config: Config,
  request: {
    readonly component: Component;
    readonly trusted: boolean;
    readonly drill?: PlannedDrill;
    readonly rollback?: Plan["rollback"];
  },
): Plan {
  const { drill, rollback, component, trusted } = request;
  const environment = drill?.environment ?? rollback?.environment ?? "staging";
  requireDeployer(kernel, config, environment, trusted);
  return deepFreeze({
    schemaVersion: 1,
    kind: drill === undefined ? "rollback" : "drill",
    target: environment,
    components: [component],
    stages: [],
    leftOut: [],
    plugins: [...kernel.plugins],
    ...(config.file === undefined ? {} : { configFile: config.file }),
    trusted,
    fix: false,
    reuse: true,
    maxAgeMs: defaultMaxAgeMs[environment],
    ...(drill === undefined ? {} : { drill }),
    ...(rollback === undefined ? {} : { rollback }),
  });
}

/** What a stage deploys to, if it deploys. */
function deployOf(
  kernel: Kernel,
  config: Config,
  { name }: Stage,
  trusted: boolean,
): Pick<PlannedStage, "deploy" | "noDeploy"> {
  if (name !== "staging" && name !== "production") return {};
  const noDeploy = config.stages[name]?.noDeploy;
  if (noDeploy !== undefined) return { noDeploy };
  requireDeployer(kernel, config, name, trusted);
  if (kernel.builder() === undefined) throw nothingFor(config, "builds an artifact", name);
  return { deploy: name };
}

function requireDeployer(kernel: Kernel, config: Config, environment: Environment, trusted: boolean): void {
  const found = kernel.deployers.get(environment);
  if (!found) throw nothingFor(config, `deploys to ${environment}`, environment);
  if (!trusted)
    throw new TowpathError("TP1210", { message: `nothing is deployed to ${environment} in untrusted mode` });
  if (environment === "production" && !found.deployer.reversible)
    throw new TowpathError("TP5009", {
      message: `${found.plugin} cannot take back what it deploys to production`,
    });
}

function nothingFor(config: Config, what: string, stage: Environment): TowpathError {
  return new TowpathError("TP5001", {
    message: `no plugin ${what}`,
    fix: [
      "Add a deployer such as deploy-release to `plugins:`.",
      `Or say why nothing is deployed, which every report shows: stages: {${stage}: {noDeploy: "<reason>"}}`,
    ],
    where: config.file === undefined ? [] : [config.file],
  });
}

async function runStages(
  kernel: Kernel,
  config: Config,
  request: PlanRequest,
): Promise<readonly PlannedStage[]> {
  const all = stagesFor(request.target);
  const first = request.from === undefined ? 0 : indexOf(all, request.from, request.target);
  const last = request.until === undefined ? all.length - 1 : indexOf(all, request.until, request.target);
  if (last < first)
    throw new TowpathError("TP1001", { message: `the stage ${request.until} comes before ${request.from}` });
  const planned = await Promise.all(
    all.slice(0, last + 1).map((stage) => planStage(kernel, config, request, stage)),
  );
  return planned.map((stage, index) => (index < first ? { ...stage, stored: true } : stage));
}

async function planStage(
  kernel: Kernel,
  config: Config,
  request: PlanRequest,
  stage: Stage,
): Promise<PlannedStage> {
  const settings = config.stages[stage.name] ?? {};
  const registered = [...kernel.gates.values()].filter(({ gate }) => gate.stages.includes(stage.name));
  const names = await kernel.hooks.gates.for(stage.name).promise(registered.map(({ gate }) => gate.name));
  const gates = [...new Set(names)].map((name) => ({
    ...planGate(kernel, config, request, name),
    afterDeploy: stage.name === "staging" && kernel.gates.get(name)?.gate.subject === "deployment",
  }));
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
  return {
    name: stage.name,
    gates,
    retry,
    ...agentOf(kernel, request, stage),
    ...deployOf(kernel, config, stage, request.trusted),
  };
}

/** Who writes code at a stage. Strangers' code is not handed to somebody who runs it. */
function agentOf(kernel: Kernel, request: PlanRequest, stage: Stage): Pick<PlannedStage, "agent"> {
  const registered = kernel.agent();
  if (registered === undefined || !stage.agent || !request.trusted || request.agent === false) return {};
  const { plugin, agent } = registered;
  return { agent: { name: agent.name, plugin, maxRounds: agent.maxRounds } };
}

function checkStage(
  kernel: Kernel,
  config: Config,
  request: PlanRequest,
): { readonly planned: readonly PlannedStage[]; readonly leftOut: readonly LeftOut[] } {
  const inTarget = new Set(stagesFor(request.target).map((stage) => stage.name));
  const names = [...kernel.gates.values()]
    .filter(({ gate }) => gate.stages.some((stage) => inTarget.has(stage)))
    .map(({ gate }) => gate.name);
  const leftOut =
    request.only === undefined ? names.flatMap((name) => withoutSubject(kernel, request, name)) : [];
  const gates = (request.only ?? names)
    .map((name) => planGate(kernel, config, request, name))
    .map((gate) => ({
      ...gate,
      components: gate.components.filter((name) => !isLeftOut(leftOut, gate.name, name)),
    }))
    .filter((gate) => gate.components.length > 0);
  if (gates.length === 0) throw new TowpathError("TP1006");
  const testing = stages.find((stage) => stage.name === "testing");
  const retry = {
    max: 0,
    baseMs: 0,
    factor: 1,
    capMs: 0,
    ...testing?.retry,
    ...config.stages.testing?.retry,
  };
  return { planned: [{ name: "check", gates, retry }], leftOut };
}

function withoutSubject(kernel: Kernel, request: PlanRequest, name: string): readonly LeftOut[] {
  const subject = kernel.gates.get(name)?.gate.subject ?? "source";
  return request.components.flatMap((component) => {
    const has = {
      source: true,
      tests: component.tests.length > 0,
      spec: component.spec !== undefined,
      // What is deployed is looked at by runs, which deploy it.
      deployment: false,
    };
    if (has[subject]) return [];
    const reason = {
      source: "",
      tests: "it has no tests",
      spec: "it has no specification",
      deployment: "it is about what staging runs; name it to ask it",
    }[subject];
    return [{ gate: name, component: component.name, reason }];
  });
}

function isLeftOut(leftOut: readonly LeftOut[], gate: string, component: string): boolean {
  return leftOut.some((item) => item.gate === gate && item.component === component);
}

function planGate(kernel: Kernel, config: Config, request: PlanRequest, name: string): PlannedGate {
  const registered = kernel.gates.get(name);
  if (!registered) throw new TowpathError("TP1207", { message: `a plugin named the unknown gate ${name}` });
  const { gate, plugin, policy } = registered;
  const settings = config.gates[name] ?? {};
  return {
    name,
    plugin,
    policy,
    category: gate.category,
    components: request.components.map((component) => component.name),
    required: request.only !== undefined || (settings.required ?? true),
    executesCode: gate.executesCode || needsCode(kernel, name),
    afterDeploy: false,
    timeoutMs: settings.timeoutMs ?? gate.timeoutMs ?? 600_000,
    thresholds: gate.thresholds?.(request.target) ?? [],
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
