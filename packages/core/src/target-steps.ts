import { toolExec } from "./tool-exec.ts";
import { join } from "node:path";
import { mkdir } from "node:fs/promises";
import { digestOf } from "./canonical.ts";
import type { StepCall } from "./ctx.ts";
import type { DeployInput } from "./deploy.ts";
import {
  environments,
  type DeployContext,
  type Deployer,
  type DeployResult,
  type Environment,
  type ProbeAnswer,
  type RollbackResult,
  type Sabotage,
  type TargetContext,
  type Watch,
} from "./deployer.ts";
import { TowpathError } from "./errors.ts";
import type { Events } from "./events.ts";
import type { ExecutorParts } from "./executor.ts";
import {
  deploymentIn,
  rejectionOf,
  type Deployment,
  type DeploymentFact,
  type DrillFact,
  type Fact,
} from "./facts.ts";
import type { Component } from "./gate.ts";
import { isWholeArtifact, keepArtifact } from "./keep-artifact.ts";
import { limited } from "./limited.ts";
import { factsOf } from "./records-of.ts";
import type { Release } from "./release.ts";
import type { StepIO } from "./step.ts";

/** How often it is asked whether an alert arrived, in milliseconds. */
const alertPollMs = 250;

type Body<F extends Fact> = Omit<F, "at" | "run">;

/** The steps that build, deploy, watch and take back. Each works for the one component of its run. */
export interface TargetSteps {
  build(input: { readonly environment: Environment }, io: StepIO): Promise<Release>;
  apply(input: DeployInput, io: StepIO): Promise<DeployResult>;
  verify(input: DeployInput, io: StepIO): Promise<Watch>;
  confirm(input: DeployInput, io: StepIO): Promise<null>;
  rollback(input: DeployInput & { readonly reason: string }, io: StepIO): Promise<RollbackResult>;
  verified(input: { readonly environment: Environment }): Promise<Release>;
  running(input: { readonly environment: Environment }): Promise<Release>;
  restored(input: DeployInput, io: StepIO): Promise<Watch>;
  awaitAlert(
    input: { readonly since: number; readonly limitMs: number; readonly environment: Environment },
    io: StepIO,
  ): Promise<string | null>;
  noteDrill(input: Omit<DrillFact, "at" | "run" | "kind">, io: StepIO): Promise<null>;
  probe(call: StepCall, input: unknown, io: StepIO): Promise<ProbeAnswer<unknown>>;
  assume(call: StepCall, input: unknown, io: StepIO): Promise<unknown>;
}

/** Makes the steps of one run. */
export function createTargetSteps(parts: ExecutorParts): TargetSteps {
  const { run, plan, kernel, host, journal, digests } = parts;
  const stages = plan.stages.some((stage) => stage.deploy === "staging");
  let folders = 0;

  const component = (): Component => {
    const [only] = plan.components;
    if (only === undefined || plan.components.length > 1)
      throw new TowpathError("TP9001", { message: "a deploy is about exactly one component" });
    return only;
  };
  const deployerOf = (environment: Environment): Deployer => {
    const found = kernel.deployers.get(environment);
    if (!found) throw new TowpathError("TP5001", { message: `no plugin deploys to ${environment}` });
    return found.deployer;
  };
  const note = (io: StepIO, fact: Body<DeploymentFact> | Body<DrillFact>): void =>
    io.fact(component().name, { ...fact, at: new Date(host.clock.now()).toISOString(), run });
  const facts = (): readonly Fact[] => factsOf(journal, component().name);
  const isReal = ({ sabotage }: DeployInput): boolean => sabotage === undefined;

  const targetContext = async (environment: Environment, signal: AbortSignal): Promise<TargetContext> => {
    folders += 1;
    const outDir = join(host.outDir, `${environment}-${folders}`);
    await mkdir(outDir, { recursive: true, mode: 0o700 });
    return {
      environment,
      component: component(),
      run,
      root: host.workspace.root,
      outDir,
      exec: toolExec({ kernel, host }, { run, gate: environment, component: component().name }, signal),
      env: host.env,
      clock: host.clock,
      signal,
      log: (line) => kernel.bus.emit("log", { gate: environment, line }),
    };
  };
  /** Under the deployer's own limit alone: what was begun at a target is finished, also when the run is cancelled. */
  const atTarget = <T>(
    environment: Environment,
    what: string,
    work: (deployer: Deployer, ctx: TargetContext) => Promise<T>,
  ): Promise<T> => {
    const deployer = deployerOf(environment);
    const signal = new AbortController().signal;
    return limited({ signal }, deployer.timeoutMs ?? 600_000, `${deployer.name}: ${what}`, async (stop) =>
      work(deployer, await targetContext(environment, stop)),
    );
  };
  const withRelease = (
    ctx: TargetContext,
    { release, sabotage }: DeployInput,
    io: StepIO,
  ): DeployContext => ({
    ...ctx,
    release,
    key: io.key,
    epoch: io.epoch,
    attempt: io.attempt,
    ...(sabotage === undefined ? {} : { sabotage }),
  });

  /** Does a step and tells how it went; a failure is told, too, and thrown on. */
  const told = async <T>(
    step: Events["release"]["step"],
    { environment, release, sabotage }: { environment: Environment; release?: Release; sabotage?: Sabotage },
    work: () => Promise<T>,
    say: (value: T) => { readonly ok: boolean; readonly detail: string; readonly digest?: string },
  ): Promise<T> => {
    const begun = host.clock.monotonic();
    const tell = (how: { readonly ok: boolean; readonly detail: string; readonly digest?: string }): void =>
      kernel.bus.emit("release", {
        environment,
        step,
        ...(release === undefined ? {} : { digest: release.digest }),
        ...(sabotage === undefined ? {} : { sabotage }),
        ...how,
        durationMs: host.clock.monotonic() - begun,
      });
    try {
      const value = await work();
      tell(say(value));
      return value;
    } catch (error) {
      tell({ ok: false, detail: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  };

  const noteApplied = (input: DeployInput, result: DeployResult, io: StepIO): void => {
    if (!isReal(input)) return;
    const { environment, release } = input;
    const base = { kind: "deployment" as const, environment, digest: release.digest };
    const before = deploymentIn(facts(), environment);
    if (result.state === "deployed") {
      const url = result.url === undefined ? {} : { url: result.url };
      note(io, { ...base, state: "deployed", current: release.digest, ...url });
      return;
    }
    const current = before === undefined ? {} : { current: before.digest };
    note(io, { ...base, state: "refused", reason: result.reason, ...current });
  };
  const noteRolledBack = (
    input: DeployInput & { readonly reason: string },
    { current, url }: RollbackResult,
    io: StepIO,
  ): void => {
    if (!isReal(input)) return;
    note(io, {
      kind: "deployment",
      environment: input.environment,
      digest: input.release.digest,
      state: "rolled-back",
      reason: input.reason,
      ...(current === undefined ? {} : { current }),
      ...(url === undefined ? {} : { url }),
    });
  };

  const buildOnce = async (io: StepIO): Promise<Release> => {
    const subject = component();
    const tree = await digests.tree(subject);
    const builder = kernel.builder();
    if (!builder) throw new TowpathError("TP5001", { message: "no plugin builds an artifact" });
    const around = await digests.environment({ around: "everything", environment: {} }, subject, []);
    const basis = digestOf({ tree, around, policy: kernel.builderPolicy() });
    const known = facts().findLast((fact) => fact.kind === "release" && fact.basis === basis);
    if (
      plan.reuse &&
      known?.kind === "release" &&
      (await isWholeArtifact(host.workspace.root, known.release))
    )
      return known.release;
    const outDir = join(host.outDir, "build");
    await mkdir(outDir, { recursive: true, mode: 0o700 });
    const file = await limited(host, builder.timeoutMs ?? 600_000, `${builder.name}: build`, (signal) =>
      builder.build({
        component: subject,
        root: host.workspace.root,
        outDir,
        exec: (asked) => host.exec({ ...asked, signal }),
        env: host.env,
        clock: host.clock,
        signal,
        log: (line) => kernel.bus.emit("log", { gate: builder.name, line }),
      }),
    );
    digests.forget();
    if ((await digests.tree(subject)) !== tree) throw new TowpathError("TP6004");
    const kept = await keepArtifact(host.workspace.root, outDir, file);
    const release: Release = { component: subject.name, ...kept, tree };
    io.fact(subject.name, {
      kind: "release",
      at: new Date(host.clock.now()).toISOString(),
      run,
      release,
      basis,
    });
    return release;
  };

  /** Production gets what staging runs and has stood its watch there, and nothing else. */
  const staged = async (): Promise<Release> => {
    const all = facts();
    const deployment = deploymentIn(all, "staging");
    const { name } = component();
    const found = all.findLast(
      (fact) => fact.kind === "release" && fact.release.digest === deployment?.digest,
    );
    if (found?.kind !== "release" || deployment?.verified !== true)
      throw new TowpathError("TP5007", {
        message: `staging runs no release of ${name} that stood its watch`,
        fix: [`towpath run --component ${name} --target production`],
      });
    return found.release;
  };

  const recorded = (environment: Environment): Deployment => {
    const deployment = deploymentIn(facts(), environment);
    if (deployment !== undefined) return deployment;
    const { name } = component();
    throw new TowpathError("TP5101", {
      message: `${environment} runs no release of ${name}`,
      fix: [`towpath run --component ${name} --target ${environment}`],
    });
  };
  /** What is on record about a digest; of one that others have put there, only the digest. */
  const releaseOf = (digest: string): Release => {
    const found = facts().findLast((fact) => fact.kind === "release" && fact.release.digest === digest);
    if (found?.kind === "release") return found.release;
    return { component: component().name, digest, file: "", tree: "" };
  };

  const steps: TargetSteps = {
    build: ({ environment }, io) =>
      told(
        "build",
        { environment },
        () => (environment === "production" && stages ? staged() : buildOnce(io)),
        ({ digest, file }) => ({ ok: true, detail: file, digest }),
      ),

    async apply(input, io) {
      const { environment, release } = input;
      if (isReal(input)) {
        const all = facts();
        for (const place of environments) {
          const why = rejectionOf(all, place, release.digest);
          if (why === undefined) continue;
          const message = `${release.digest.slice(0, 12)} was found bad in ${place}: ${why}`;
          throw new TowpathError("TP5004", { message });
        }
        digests.forget();
        if ((await digests.tree(component())) !== release.tree) throw new TowpathError("TP5007");
        if (!(await isWholeArtifact(host.workspace.root, release)))
          throw new TowpathError("TP5006", {
            message: `${release.file} is gone, or its bytes are not those that were built`,
            fix: ["Build it again: towpath run … --no-cache"],
          });
      }
      let there = false;
      const put = (): Promise<DeployResult> =>
        atTarget(environment, "apply", async (deployer, ctx) => {
          const status = isReal(input) ? await deployer.status(ctx) : undefined;
          if (status?.current === release.digest && status.verified.includes(release.digest)) {
            there = true;
            const url = status.url === undefined ? {} : { url: status.url };
            return { state: "deployed" as const, ...url };
          }
          return deployer.apply(withRelease(ctx, input, io));
        });
      const result = await told("apply", input, put, (value) =>
        value.state === "deployed"
          ? { ok: true, detail: value.url ?? "in its place" }
          : { ok: false, detail: `refused: ${value.reason}` },
      );
      if (!there) noteApplied(input, result, io);
      return result;
    },

    verify: (input, io) =>
      told(
        "verify",
        input,
        () =>
          atTarget(input.environment, "verify", (deployer, ctx) =>
            deployer.verify(withRelease(ctx, input, io)),
          ),
        (watch) => ({ ok: watch.healthy, detail: watch.healthy ? watch.detail : watch.reason }),
      ),

    async confirm(input, io) {
      const { environment, release } = input;
      await atTarget(environment, "confirm", (deployer, ctx) =>
        deployer.confirm(withRelease(ctx, input, io)),
      );
      const { digest } = release;
      const before = deploymentIn(facts(), environment);
      if (before?.digest === digest && before.verified) return null;
      const url = before?.url === undefined ? {} : { url: before.url };
      note(io, { kind: "deployment", environment, digest, state: "verified", current: digest, ...url });
      return null;
    },

    async rollback(input, io) {
      const back = (): Promise<RollbackResult> =>
        atTarget(input.environment, "rollback", (deployer, ctx) =>
          deployer.rollback(withRelease(ctx, input, io)),
        );
      const result = await told("rollback", input, back, ({ current }) => ({
        ok: current !== undefined,
        detail:
          current === undefined ? "nothing was verified there before" : `back to ${current.slice(0, 12)}`,
      }));
      noteRolledBack(input, result, io);
      return result;
    },

    async verified({ environment }) {
      const deployment = recorded(environment);
      if (deployment.verified) return releaseOf(deployment.digest);
      throw new TowpathError("TP5101", {
        message: `the release that ${environment} runs has not stood its watch, so a drill has nothing to go back to`,
      });
    },

    async running({ environment }) {
      const { current } = await atTarget(environment, "status", (deployer, ctx) => deployer.status(ctx));
      // What really runs is taken back, whatever is on record.
      if (current !== undefined) return releaseOf(current);
      return releaseOf(recorded(environment).digest);
    },

    async restored(input, io) {
      const { environment, release } = input;
      return atTarget(environment, "check", async (deployer, ctx): Promise<Watch> => {
        const { current } = await deployer.status(ctx);
        if (current === release.digest) return deployer.verify(withRelease(ctx, input, io));
        const now = current === undefined ? {} : { current };
        const base = { kind: "deployment", environment, digest: release.digest } as const;
        note(io, { ...base, state: "gone", reason: "a drill did not bring it back", ...now });
        return { healthy: false, reason: `it runs ${current?.slice(0, 12) ?? "nothing"}` };
      });
    },

    async awaitAlert({ since, limitMs, environment }) {
      const source = kernel.alerts();
      if (!source)
        throw new TowpathError("TP5103", {
          message: "no plugin says where alerts arrive",
          fix: ["Configure `monitoring` of gate-operations."],
        });
      return limited(host, limitMs + 60_000, `${source.name}: alerts`, async (signal) => {
        const ctx = await targetContext(environment, signal);
        for (;;) {
          const [first] = await source.alerts(ctx, since);
          if (first !== undefined) return first;
          if (host.clock.now() > since + limitMs) return null;
          await host.clock.sleep(alertPollMs, signal);
        }
      });
    },

    async noteDrill(drill, io) {
      note(io, { kind: "drill", ...drill });
      return null;
    },

    async probe(call, input, io) {
      // The engine hands back the input that the pipeline gave to this very step.
      const asked = input as DeployInput & { readonly reason: string };
      if (call.name === "apply") {
        const answer = await atTarget(asked.environment, "probe", (deployer, ctx) =>
          deployer.probe(withRelease(ctx, asked, io), "apply"),
        );
        if (answer.state === "applied") noteApplied(asked, answer.result, io);
        return answer;
      }
      if (call.name !== "rollback")
        throw new TowpathError("TP9001", { message: `the step ${call.name} has no probe` });
      const answer = await atTarget(asked.environment, "probe", (deployer, ctx) =>
        deployer.probe(withRelease(ctx, asked, io), "rollback"),
      );
      if (answer.state === "applied") noteRolledBack(asked, answer.result, io);
      return answer;
    },

    async assume(call, input, io) {
      const asked = input as DeployInput & { readonly reason: string };
      const { environment, release } = asked;
      if (call.name === "apply") {
        const result: DeployResult = { state: "deployed" };
        noteApplied(asked, result, io);
        return result;
      }
      const before = facts().findLast(
        (fact) =>
          fact.kind === "deployment" &&
          fact.environment === environment &&
          fact.state === "verified" &&
          fact.digest !== release.digest,
      );
      const result: RollbackResult = {
        current: before?.kind === "deployment" ? before.digest : undefined,
      };
      noteRolledBack(asked, result, io);
      return result;
    },
  };
  return steps;
}
