import { createAuthoring, type RoundRequest } from "./authoring.ts";
import { isBreakage } from "./breakage.ts";
import type { Config } from "./config/types.ts";
import { decide, type Decision, type Requirement } from "./decide.ts";
import { TowpathError } from "./errors.ts";
import type { Component } from "./gate.ts";
import type { GateRunner } from "./gate-runner.ts";
import type { StageInfo, StageRefusal } from "./hooks.ts";
import type { Host } from "./host.ts";
import type { InputDigests } from "./input-digests.ts";
import type { Kernel } from "./kernel.ts";
import type { Journal } from "./journal.ts";
import type { Plan, PlannedGate } from "./plan.ts";
import type { AgentRound, StageReport, StageWork } from "./report.ts";
import type { GateResult } from "./result.ts";
import type { Sessions } from "./sessions.ts";
import { stages, type StageName } from "./stages.ts";
import type { StepExecutor, StepIO } from "./step.ts";
import type { StepCall } from "./ctx.ts";
import type { GeneratedTests } from "./test-generator.ts";
import { createTargetSteps } from "./target-steps.ts";
import { treeSeen } from "./tree-seen.ts";

/** What the steps of one run work with. */
export interface ExecutorParts {
  readonly run: string;
  readonly plan: Plan;
  readonly config: Config;
  readonly kernel: Kernel;
  readonly host: Host;
  readonly journal: Journal;
  readonly runner: GateRunner;
  readonly digests: InputDigests;
  readonly sessions: Sessions;
}

/** How long a look at the tree holds for a decision when nothing has run since, in milliseconds. */
const lookAgainMs = 1_000;

/** Does the steps of the pipeline; everything that touches plugins, files or time is here. */
export function createExecutor(parts: ExecutorParts): StepExecutor {
  const { plan, kernel, digests, runner, host } = parts;
  const target = createTargetSteps(parts);
  const authoring = createAuthoring(parts);
  /** Monotonic time of the last look at the tree; minus infinity once something ran that may have changed it. */
  let lookedAt = -Infinity;
  const look = (): void => {
    digests.forget();
    runner.forget();
    lookedAt = host.clock.monotonic();
  };

  const plannedGate = (name: string): PlannedGate => {
    const found = plan.stages.flatMap((stage) => stage.gates).find((gate) => gate.name === name);
    if (!found) throw new TowpathError("TP9001", { message: `the plan has no gate ${name}` });
    return found;
  };
  const componentsNamed = (names: readonly string[]): readonly Component[] =>
    plan.components.filter((component) => names.includes(component.name));
  const infos = (stage: StageName): readonly StageInfo[] =>
    plan.components.map((component) => ({ stage, component, target: plan.target, run: parts.run }));

  const steps = {
    async enter({ stage }: { readonly stage: StageName | "check" }): Promise<StageRefusal | null> {
      const gates = plan.stages.find((planned) => planned.name === stage)?.gates ?? [];
      kernel.bus.emit("stage:start", { stage, gates: gates.map((gate) => gate.name) });
      await parts.sessions.flush();
      if (stage === "check") return null;
      for (const info of infos(stage)) {
        const refusal = await kernel.hooks.stageEnter.for(stage).promise(info);
        if (refusal) return refusal;
      }
      return null;
    },

    async work({ stage }: { readonly stage: StageName | "check" }, io: StepIO): Promise<StageWork> {
      look();
      const hasAgent = plan.stages.some((row) => row.name === stage && row.agent !== undefined);
      const plans = stage === "specification" || hasAgent ? await authoring.plans(io) : [];
      const generated = stage === "implementation" ? await authoring.tests(io) : [];
      const written = stage !== "check" && (await callStageHooks(parts, infos(stage), stage));
      const allowed = stage === "check" || stages.some((row) => row.name === stage && row.fixes);
      const fixes = plan.fix && allowed ? await applyFixes(parts, stage) : [];
      const wrote = written || fixes.length > 0 || generated.some(wroteSomething);
      if (wrote) look();
      const changed = wrote || (stage !== "check" && (await movedOn(parts)).length > 0);
      return {
        fixes,
        changed,
        ...(plans.length === 0 ? {} : { plans }),
        ...(generated.length === 0 ? {} : { generated }),
      };
    },

    async agent(request: RoundRequest, io: StepIO): Promise<readonly AgentRound[]> {
      look();
      const rounds = await authoring.round(request, io);
      look();
      return rounds;
    },

    async gate(
      input: { readonly gate: string; readonly components: readonly string[]; readonly attempt: number },
      io: StepIO,
    ): Promise<readonly GateResult[]> {
      const results = await runner.run(
        plannedGate(input.gate),
        componentsNamed(input.components),
        input.attempt,
      );
      // What was reused is on record already, and has touched nothing.
      const measured = results.filter((result) => result.cached === undefined);
      for (const result of measured) io.evidence(await runner.recorded(result));
      if (measured.length > 0) lookedAt = -Infinity;
      return results;
    },

    async decide({ gates }: { readonly gates: readonly string[] }): Promise<Decision> {
      if (host.clock.monotonic() - lookedAt > lookAgainMs) {
        await warnOfDrift(parts);
        look();
      }
      const requirements: Requirement[] = [];
      for (const name of gates) {
        const registered = kernel.gates.get(name);
        // A gate that nobody brings any more has not been passed.
        if (!registered)
          throw new TowpathError("TP6105", {
            message: `no plugin brings the gate ${name} of the plan any more`,
          });
        const { required, components } = plannedGate(name);
        for (const component of componentsNamed(components)) {
          const inputs = await runner.inputs(registered, component);
          requirements.push({ gate: name, component: component.name, required, inputs });
        }
      }
      const policy = { target: plan.target, requirements, maxAgeMs: plan.maxAgeMs };
      const logs = plan.components.map(({ name }) => [name, parts.journal.evidence(name)] as const);
      return decide(policy, Object.fromEntries(logs), parts.host.clock.now());
    },

    async close(report: StageReport, io: StepIO): Promise<null> {
      const { stage, status, durationMs, reason } = report;
      kernel.bus.emit("stage:end", {
        stage,
        status,
        durationMs,
        ...(reason === undefined ? {} : { reason }),
      });
      if (stage !== "check") await parts.sessions.record(report, io);
      return null;
    },

    async retry(input: {
      readonly gate: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: string;
    }): Promise<null> {
      kernel.bus.emit("retry", input);
      return null;
    },

    async failure(input: {
      readonly stage: StageName | "check";
      readonly message: string;
      readonly attempt: number;
    }): Promise<"retry" | "abort"> {
      if (input.stage === "check") return "abort";
      const [info] = infos(input.stage);
      if (!info) return "abort";
      const { message, attempt } = input;
      return (await kernel.hooks.failure.promise({ ...info, message, attempt })) ?? "abort";
    },
  };

  /** Only the first step that a process does can be one in which another process died. */
  let begun = false;
  const mayHaveDied = (call: StepCall, io: StepIO): boolean => {
    const first = !begun;
    begun = true;
    return first && io.epoch > 1 && (call.name === "work" || call.name === "agent");
  };

  return {
    async execute(call, input, io) {
      if (mayHaveDied(call, io)) await warnOfInterruption(parts);
      const all = call.name in target ? target : steps;
      const step: unknown = Object.hasOwn(all, call.name) ? Reflect.get(all, call.name) : undefined;
      if (typeof step !== "function")
        throw new TowpathError("TP9001", { message: `there is no step ${call.name}` });
      return Reflect.apply(step, all, [input, io]);
    },
    probe: (call, input, io) => target.probe(call, input, io),
    assume: (call, input, io) => target.assume(call, input, io),
  };
}

function wroteSomething({ files }: GeneratedTests): boolean {
  return files.some(({ state }) => state === "written");
}

/** Lets plugins do the work of a stage; answers whether that changed any component. */
async function callStageHooks(
  { plan, kernel, digests }: ExecutorParts,
  infos: readonly StageInfo[],
  stage: StageName,
): Promise<boolean> {
  const hook = kernel.hooks.stage.for(stage);
  if (!hook.isUsed()) return false;
  const trees = (): Promise<readonly string[]> => Promise.all(plan.components.map(digests.tree));
  const before = await trees();
  for (const info of infos) await hook.promise(info);
  digests.forget();
  const after = await trees();
  return before.some((tree, index) => tree !== after[index]);
}

/**
 * The components that are no longer what the gates of this run have seen. What was written before the process died is in
 * nobody's record, and files that were removed are in no list.
 */
async function movedOn({ plan, run, journal, digests }: ExecutorParts): Promise<readonly Component[]> {
  const steps = journal.steps(run);
  const moved: Component[] = [];
  for (const component of plan.components) {
    const seen = treeSeen(steps, component.name);
    if (seen !== undefined && seen !== (await digests.tree(component))) moved.push(component);
  }
  return moved;
}

/** What a process that died has written is in nobody's record, so people are told that it counts. */
async function warnOfInterruption(parts: ExecutorParts): Promise<void> {
  for (const { name } of await movedOn(parts)) {
    const message = `${name} is not what the gates of this run have seen last; what an interrupted step has written counts as it is`;
    parts.kernel.bus.emit("warning", { message, code: "TP6004" });
  }
}

async function warnOfDrift({ plan, digests, kernel }: ExecutorParts): Promise<void> {
  for (const component of plan.components) {
    const drift = await digests.drift(component);
    if (drift.length === 0) continue;
    const shown = drift.slice(0, 3).join(", ");
    const more = drift.length > 3 ? ` and ${drift.length - 3} more` : "";
    const message = `files of ${component.name} appeared or went while it was checked: ${shown}${more}`;
    kernel.bus.emit("warning", { message, code: "TP6004" });
  }
}

/**
 * Applies the safe fixes of the stage's gates, one after the other, so that no two edit a file at once. What one of
 * them changed is reported whatever happens to the next: without its patch nobody could undo it.
 */
async function applyFixes(parts: ExecutorParts, stage: StageName | "check"): Promise<StageReport["fixes"]> {
  const { plan, kernel, host, runner } = parts;
  const fixes: StageReport["fixes"][number][] = [];
  for (const planned of plan.stages.find((row) => row.name === stage)?.gates ?? []) {
    const gate = planned.name;
    for (const component of plan.components.filter(({ name }) => planned.components.includes(name))) {
      if (host.signal.aborted) return fixes;
      const fixed = await runner.fix(planned, component).catch((error: unknown) => {
        // The gate itself will meet the same defect and decide; here it only means that nothing was fixed.
        const message = `${gate} fixed nothing: ${error instanceof Error ? error.message : String(error)}`;
        kernel.bus.emit("warning", isBreakage(error) ? { message } : { message, code: "TP1301" });
        return undefined;
      });
      if (fixed === undefined || fixed.files.length === 0) continue;
      const { files, patch } = fixed;
      kernel.bus.emit("fix", { gate, component: component.name, files });
      fixes.push({ gate, component: component.name, files, patch });
    }
  }
  return fixes;
}
