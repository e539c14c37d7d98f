import { decide, type Decision, type Requirement } from "./decide.ts";
import type { Component, GateContext } from "./gate.ts";
import { createInputDigests } from "./input-digests.ts";
import type { Host } from "./host.ts";
import type { Journal } from "./journal.ts";
import type { Plan, PlannedGate } from "./plan.ts";
import { noRecords } from "./records.ts";
import type { GateResult } from "./result.ts";
import { reuseOf } from "./reuse.ts";

/** What is looked with: no process is started but through `workspace`. */
export interface StandingParts {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly host: Pick<Host, "workspace" | "env" | "clock" | "lookAt" | "exec" | "signal">;
}

/** Results that stand, in the order of the plan, and the decision that they give. */
export interface Standing {
  readonly results: readonly GateResult[];
  readonly decision: Decision;
}

/**
 * The results of a check whose every gate would be answered from the journal, without any plugin: tree, configuration and
 * environment are looked at anew, by what each stored result says it was made of, and the decision is made anew over the
 * whole chain. With the policy of the plan the gate would ask the same questions again; a result that names other ones
 * than it was measured on has another digest than these give.
 * @returns nothing where any gate would have to be asked, or the decision does not promote
 * @throws what looking throws; nobody knows then
 */
export async function standingResults({ plan, journal, host }: StandingParts): Promise<Standing | undefined> {
  const { target, maxAgeMs } = plan;
  const digests = createInputDigests(host.workspace, target);
  const contexts = new Map(plan.components.map((one) => [one.name, contextOf(one, plan, host)]));
  const look = async (
    { name, policy, required }: PlannedGate,
    component: string,
  ): Promise<Look | undefined> => {
    const ctx = contexts.get(component);
    const stored = journal.latest(component, name);
    const basis = stored?.result.basis;
    if (ctx === undefined || basis === undefined) return undefined;
    const answers = await host.lookAt(basis.environment, ctx);
    const environment = await digests.environment(basis, ctx.component, answers);
    const { configFiles } = basis;
    // By the policy of the plan: the stored result may be that of another one, which asked other questions.
    const inputs = await digests.of({ policy, configFiles }, ctx.component, environment);
    const reuse = reuseOf(stored, { inputs, target, maxAgeMs }, host.clock.now());
    if ("because" in reuse) return undefined;
    const result = { ...reuse.result, required };
    return { result, requirement: { gate: name, component, required, inputs } };
  };
  const asked = plan.stages.flatMap(({ gates }) =>
    gates.flatMap((gate) =>
      plan.components
        .filter((component) => gate.components.includes(component.name))
        .map((component) => look(gate, component.name)),
    ),
  );
  const looks: Look[] = [];
  for (const one of await Promise.all(asked)) {
    if (one === undefined) return undefined;
    looks.push(one);
  }
  const requirements = looks.map(({ requirement }) => requirement);
  const logs = plan.components.map(({ name }) => [name, journal.evidence(name)] as const);
  const decision = decide({ target, requirements, maxAgeMs }, Object.fromEntries(logs), host.clock.now());
  return decision.promotes ? { results: looks.map(({ result }) => result), decision } : undefined;
}

interface Look {
  readonly result: GateResult;
  readonly requirement: Requirement;
}

function contextOf(
  component: Component,
  { target }: Plan,
  { workspace, env, clock, exec, signal }: StandingParts["host"],
): GateContext {
  const none = (): never => {
    throw new Error("nothing is made or measured here");
  };
  return {
    component,
    target,
    workspace,
    outDir: workspace.root,
    artifacts: { get: none },
    exec,
    env,
    records: noRecords,
    now: () => clock.now(),
    tree: none,
    signal,
    trusted: true,
    log: () => undefined,
  };
}
