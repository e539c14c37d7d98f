import type { AgentOutcome } from "./agent.ts";
import { Breakage, isBreakage } from "./breakage.ts";
import { errorDataOf } from "./error-data.ts";
import type { Fact } from "./facts.ts";
import type { Component, GateContext } from "./gate.ts";
import type { GateRunner } from "./gate-runner.ts";
import type { Host } from "./host.ts";
import type { InputDigests } from "./input-digests.ts";
import type { Journal, StepRow } from "./journal.ts";
import type { Kernel } from "./kernel.ts";
import { mapStrings } from "./map-strings.ts";
import type { Plan } from "./plan.ts";
import { factsOf } from "./records-of.ts";
import type { AgentRound, StageWork } from "./report.ts";
import type { GateResult } from "./result.ts";
import type { Retrieval } from "./retriever.ts";
import type { BriefOptions } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { specDocument, type SpecDoc } from "./spec-doc.ts";
import type { StageName } from "./stages.ts";
import type { StepIO } from "./step.ts";
import { treeSeen } from "./tree-seen.ts";
import { planWork, workPlanSummary, type WorkPlan } from "./work-plan.ts";

/** What the work of writing is done with. */
export interface AuthoringParts {
  readonly run: string;
  readonly plan: Plan;
  readonly kernel: Kernel;
  readonly host: Host;
  readonly journal: Journal;
  readonly runner: GateRunner;
  readonly digests: InputDigests;
  readonly sessions: Sessions;
}

/** What an agent is asked for in one step. */
export interface RoundRequest {
  readonly stage: StageName;
  /** From 1. */
  readonly round: number;
  /** Results that stand in the way. */
  readonly failures: readonly GateResult[];
}

/** From specification to code: the plan, the tests that come first, and the agent's rounds. */
export interface Authoring {
  /**
   * Reads the specifications, asks the retrievers, and writes the plan into the sessions. A component whose plan this run
   * has on record is left out.
   */
  plans(io: StepIO): Promise<readonly WorkPlan[]>;
  /** Makes the tests before the code, and writes down which of them failed. */
  tests(io: StepIO): Promise<NonNullable<StageWork["generated"]>>;
  /** Lets the agent work for one round on each component. */
  round(request: RoundRequest, io: StepIO): Promise<readonly AgentRound[]>;
}

/** Limit of one retriever, of the generator, and of one round, in milliseconds: theirs are shorter. */
const limits = { retriever: 60_000, generator: 1_200_000, round: 4 * 3_600_000 } as const;

/** How much a retriever may find. */
const mostHits = 60;

/** Makes the authoring of one run. */
export function createAuthoring(parts: AuthoringParts): Authoring {
  const { run, plan, kernel, host, journal, runner, digests, sessions } = parts;
  const planned = new Map<string, Promise<WorkPlan | undefined>>();

  /** What agents and servers say comes past the processes that are redacted: before it is written, secrets go. */
  const redacted = <T>(value: T): T => (host.redact === undefined ? value : mapStrings(value, host.redact));

  const specOf = async (component: Component): Promise<SpecDoc | undefined> => {
    if (component.spec === undefined) return undefined;
    try {
      return await runner.artifact(specDocument, component);
    } catch (error) {
      // One that cannot be used is for the gates of the stage to judge.
      if (isBreakage(error)) return undefined;
      throw error;
    }
  };

  const retrieve = async (component: Component, spec: SpecDoc): Promise<readonly Retrieval[]> =>
    Promise.all(
      [...kernel.retrievers.values()].map(async (retriever): Promise<Retrieval> => {
        try {
          const query = { spec, limit: mostHits };
          return redacted(
            await runner.attend(retriever.name, component, limits.retriever, (ctx) =>
              retriever.retrieve(query, ctx),
            ),
          );
        } catch (error) {
          if (host.signal.aborted) throw error;
          const reason = error instanceof Error ? error.message : String(error);
          return redacted({ retriever: retriever.name, consulted: false, reason, hits: [] });
        }
      }),
    );

  /**
   * The same in every stage and every process of a run, though the code has changed meanwhile: the agent is told one
   * plan.
   */
  const planOf = (component: Component): Promise<WorkPlan | undefined> => {
    const known = planned.get(component.name);
    if (known) return known;
    const making = (async () => {
      const recorded = recordedPlan(journal.steps(run), component.name);
      if (recorded !== undefined) return recorded;
      const doc = await specOf(component);
      return doc === undefined ? undefined : planWork(component, doc, await retrieve(component, doc));
    })();
    planned.set(component.name, making);
    making.catch(() => planned.delete(component.name));
    return making;
  };

  const stamped = (fact: Unstamped): Fact => ({
    ...fact,
    at: new Date(host.clock.now()).toISOString(),
    run,
  });

  const roundOf = async (
    component: Component,
    { stage, round, failures }: RoundRequest,
    io: StepIO,
  ): Promise<AgentRound> => {
    const registered = kernel.agent();
    if (registered === undefined)
      throw new Breakage("plugin", {
        message: "no plugin brings the agent of the plan any more",
        why: "The plan of a run is fixed; a round that is skipped could be missed by nobody.",
        fix: [`With the plugin, or without an agent: towpath run --component ${component.name} --no-agent`],
      });
    const { agent } = registered;
    const own = failures.filter((result) => result.component === component.name);
    const before = await digests.tree(component);
    const seen = treeSeen(journal.steps(run), component.name) ?? before;
    const nothing = { files: [], patch: "", summary: "", violations: [], changed: before !== seen };
    const base = { agent: agent.name, component: component.name, round };
    if (own.length === 0 && isDone(factsOf(journal, component.name), stage, before)) {
      const reason = "nothing has changed since it said that it was done";
      return { ...base, ...nothing, state: "idle", reason };
    }
    const workPlan = await planOf(component);
    const asked = workPlan === undefined ? {} : askedOf(workPlan);
    const generated = await generatedFiles(component);
    const assignment = {
      stage,
      round,
      ...(workPlan === undefined ? {} : { plan: workPlan }),
      brief: sessions.brief(component.name, agent.contextTokens, asked),
      failures: own,
      readOnly: generated.filter(({ open }) => !open).map(({ path }) => path),
      open: generated.filter(({ open }) => open).map(({ path }) => path),
    };
    const outcome = await settled(() =>
      runner.attend(agent.name, component, limits.round, (ctx) => agent.work(assignment, ctx)),
    );
    digests.forget();
    const after = await digests.tree(component);
    const result = redacted({ ...base, ...outcome, changed: after !== seen });
    const { state, files, reason, violations } = result;
    const why = reason ?? violations.map(({ detail }) => detail).join("; ");
    io.fact(
      component.name,
      stamped({
        kind: "round",
        agent: agent.name,
        stage,
        round,
        state: state === "idle" ? "done" : state,
        before,
        after,
        files,
        ...(why === "" ? {} : { reason: why }),
      }),
    );
    const changed = files.length === 0 ? "It changed nothing." : `It changed ${files.join(", ")}.`;
    const words = [`Round ${round} of ${agent.name} at ${stage}: ${state}.`, why, changed, result.summary];
    await sessions.note(
      component.name,
      { kind: "implementation_completion", content: words.filter((text) => text !== "").join(" ") },
      io,
    );
    return result;
  };

  const settled = async (
    work: () => Promise<AgentOutcome>,
  ): Promise<Omit<AgentRound, "agent" | "component" | "round" | "changed">> => {
    try {
      return await work();
    } catch (error) {
      if (!isBreakage(error) || error.kind === "cancelled") throw error;
      return {
        state: "broke",
        kind: error.kind,
        reason: error.message,
        error: errorDataOf(error),
        files: [],
        patch: "",
        summary: "",
        violations: [],
      };
    }
  };

  /** What was generated for the component, in whatever run. */
  const generatedFiles = async (
    component: Component,
  ): Promise<readonly { path: string; open: boolean }[]> => {
    const generator = kernel.testGenerator();
    if (generator === undefined) return [];
    return runner.attend(generator.name, component, limits.generator, (ctx) => generator.files(ctx));
  };

  return {
    async plans(io) {
      const plans: WorkPlan[] = [];
      const steps = journal.steps(run);
      for (const component of plan.components) {
        if (recordedPlan(steps, component.name) !== undefined) continue;
        const made = await planOf(component);
        if (made === undefined) continue;
        plans.push(made);
        const hits = made.retrievals.reduce((sum, retrieval) => sum + retrieval.hits.length, 0);
        kernel.bus.emit("plan", { component: component.name, tasks: made.tasks.length, hits });
        for (const { retriever, consulted, reason } of made.retrievals) {
          if (consulted) continue;
          const message = `${retriever} was not consulted: ${reason ?? "it gave no reason"}`;
          kernel.bus.emit("warning", { message });
        }
        const refs = { spec: Object.fromEntries(made.tasks.map(({ id, digest }) => [id, digest])) };
        await sessions.note(
          component.name,
          { kind: "requirements", content: workPlanSummary(made), refs },
          io,
        );
      }
      return plans;
    },

    async tests(io) {
      const generator = kernel.testGenerator();
      // The proof that a test can fail runs it.
      if (generator === undefined || !host.trusted) return [];
      const all: NonNullable<StageWork["generated"]>[number][] = [];
      for (const component of plan.components) {
        const spec = await specOf(component);
        if (spec === undefined) continue;
        const tests = await runner.attend(generator.name, component, limits.generator, (ctx: GateContext) =>
          generator.generate(spec, ctx),
        );
        all.push({ component: component.name, ...tests });
        kernel.bus.emit("tests", {
          component: component.name,
          generated: tests.tests.length,
          vacuous: tests.vacuous.length,
          red: tests.red.length,
          files: tests.files.filter(({ state }) => state === "written").map(({ path }) => path),
        });
        digests.forget();
        if (tests.red.length > 0) {
          const tree = await digests.tree(component);
          io.fact(
            component.name,
            stamped({ kind: "red", generator: generator.name, tests: tests.red, tree }),
          );
        }
      }
      return all;
    },

    async round(request, io) {
      const rounds: AgentRound[] = [];
      for (const component of plan.components) {
        const { name } = component;
        const agent = kernel.agent()?.agent.name ?? "";
        const begun = host.clock.monotonic();
        kernel.bus.emit("agent:start", { agent, component: name, round: request.round });
        const done = await roundOf(component, request, io);
        rounds.push(done);
        const why = done.reason ?? done.violations[0]?.detail;
        kernel.bus.emit("agent:end", {
          agent,
          component: name,
          round: request.round,
          state: done.state,
          files: done.files,
          ...(why === undefined ? {} : { reason: why }),
          durationMs: host.clock.monotonic() - begun,
        });
      }
      return rounds;
    },
  };
}

type Unstamped = {
  [K in Fact["kind"]]: Omit<Extract<Fact, { readonly kind: K }>, "at" | "run">;
}[Fact["kind"]];

/** The plan that a process of this run has written down. */
function recordedPlan(steps: readonly StepRow[], component: string): WorkPlan | undefined {
  const works = steps.flatMap(({ id, outcome }) =>
    // The value of a step of this name is that of the executor's function.
    /\/work(?:#\d+)?$/.test(id) && outcome?.ok === true ? [outcome.value as StageWork] : [],
  );
  return works.flatMap(({ plans }) => plans ?? []).find((one) => one.component === component);
}

/** By what the session is asked: what speaks of these requirements, in these words. */
function askedOf({ tasks }: WorkPlan): Pick<BriefOptions, "requirements" | "current"> {
  const spec = Object.fromEntries(tasks.map(({ id, digest }) => [id, digest]));
  return { requirements: Object.keys(spec), current: { spec } };
}

/** Whether the last thing that an agent did was to finish with the component as it is. */
function isDone(facts: readonly Fact[], stage: StageName, tree: string): boolean {
  const last = facts.findLast((fact) => fact.kind === "round" && fact.stage === stage);
  return last?.kind === "round" && last.state === "done" && last.after === tree;
}
