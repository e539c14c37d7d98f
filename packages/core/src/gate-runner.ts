import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactKey, Artifacts } from "./artifacts.ts";
import { Breakage, breakageKinds, isBreakage } from "./breakage.ts";
import { isTowpathError, TowpathError } from "./errors.ts";
import type { Component, FixResult, Gate, GateContext, Producer } from "./gate.ts";
import { deploymentIn, type Deployment } from "./facts.ts";
import type { Host } from "./host.ts";
import type { Journal } from "./journal.ts";
import { recordsOf } from "./records-of.ts";
import { reuseOf, unknownEnvironment, type Reuse } from "./reuse.ts";
import { acceptChange, resultOf, type Settled } from "./build-result.ts";
import { deepFreeze } from "./freeze.ts";
import { limited } from "./limited.ts";
import { mapStrings } from "./map-strings.ts";
import { isEvidence } from "./is-evidence.ts";
import { checkGateEnvironment, type Basis } from "./gate-environment.ts";
import type { InputDigests } from "./input-digests.ts";
import type { Kernel } from "./kernel.ts";
import { createPool } from "./pool.ts";
import { toolExec } from "./tool-exec.ts";
import type { PlannedGate } from "./plan.ts";
import type { RegisteredGate } from "./registered-gate.ts";
import type { GateResult, Inputs } from "./result.ts";
import type { Target } from "./stages.ts";

/** Runs gates within the machine's budget and turns whatever they do into results. */
export interface GateRunner {
  /** Runs a gate for components; answers with one result each, in order, and never rejects because of a gate. */
  run(
    planned: PlannedGate,
    components: readonly Component[],
    attempt: number,
  ): Promise<readonly GateResult[]>;
  /**
   * Applies a gate's safe fixes; `undefined` when it has none, or when it would run code that is not trusted.
   * @throws what the gate throws, and `Breakage` at its time limit
   */
  fix(planned: PlannedGate, component: Component): Promise<FixResult | undefined>;
  /** The digests of what a gate would be asked about now. */
  inputs(registered: RegisteredGate, component: Component): Promise<Inputs>;
  /** A result as it is recorded: with what its digests were made of, where the gate could say. */
  recorded(result: GateResult): Promise<GateResult>;
  /**
   * A shared artifact; `undefined` when nothing makes it.
   * @throws {Breakage} when it cannot be made
   */
  artifact<T>(key: ArtifactKey<T>, component: Component): Promise<T | undefined>;
  /**
   * Lets a plugin do work of a stage with what gates get.
   * @param limitMs limit in milliseconds
   * @throws what the work throws, and `Breakage` at its time limit
   */
  attend<T>(
    name: string,
    component: Component,
    limitMs: number,
    work: (ctx: GateContext) => Promise<T>,
  ): Promise<T>;
  /** Forgets shared artifacts and what was seen of tools: the tree has changed. */
  forget(): void;
}

/** What gates are run with. */
export interface GateRunnerParts {
  readonly run: string;
  readonly kernel: Kernel;
  readonly host: Host;
  readonly target: Target;
  readonly digests: InputDigests;
  readonly journal: Journal;
  /** Whether stored results may stand for new ones. */
  readonly reuse: boolean;
  /** Age in milliseconds past which a stored result no longer counts. */
  readonly maxAgeMs: number;
}

interface Made {
  readonly value: unknown;
  readonly durationMs: number;
}

/** What a gate depends on, as it was looked at. */
interface SeenEnvironment {
  readonly digest: string;
  /** Absent for a gate that cannot say, and for one about a release, which only its deployment can tell. */
  readonly basis?: Basis;
}

/** Limit for an artifact that no gate has asked for, in milliseconds. */
const artifactLimitMs = 600_000;

const noArtifacts: Artifacts = { get: (key) => undeclared(key) };

/** Makes the gate runner of one run. */
export function createGateRunner(parts: GateRunnerParts): GateRunner {
  const { run, kernel, host, target, digests, journal } = parts;
  const pool = createPool(host.cores);
  const made = new Map<string, Promise<Made>>();
  const seen = new Map<string, Promise<SeenEnvironment>>();
  let calls = 0;

  const freshFolder = async (name: string): Promise<string> => {
    calls += 1;
    const folder = join(host.outDir, `${name}-${calls}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  };
  /** The same in every process of a run: what an interrupted fix has kept there is found again. */
  const fixFolder = async (name: string, component: Component): Promise<string> => {
    const folder = join(host.outDir, `${component.name}-${name}-fix`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  };
  let shared: Promise<string> | undefined;
  /** One for all questions about the environment, which leave nothing behind. */
  const sharedFolder = (): Promise<string> => (shared ??= freshFolder("environment"));

  const contextFor = async (
    name: string,
    component: Component,
    signal: AbortSignal,
    artifacts: Artifacts,
    folder: Promise<string> = freshFolder(`${component.name}-${name}`),
  ): Promise<GateContext> => {
    const outDir = await folder;
    const exec = toolExec(parts, { run, gate: name, component: component.name }, signal);
    return Object.freeze({
      component,
      target,
      workspace: host.workspace,
      outDir,
      artifacts,
      exec,
      env: host.env,
      records: recordsOf(journal, component.name),
      ...(await deploymentFor(name, component)),
      now: () => host.clock.now(),
      tree: () => digests.tree(component),
      signal,
      trusted: host.trusted,
      log: (line: string) => kernel.bus.emit("log", { gate: name, line }),
    });
  };

  const deploymentFor = async (
    name: string,
    component: Component,
  ): Promise<{ readonly deployment?: Deployment }> => {
    if (kernel.gates.get(name)?.gate.subject !== "deployment") return {};
    const deployment = deploymentIn(await recordsOf(journal, component.name).facts(), "staging");
    return deployment === undefined ? {} : { deployment };
  };

  /** What a gate depends on beside the files: its own word for its tools, and the release it looks at. */
  const readEnvironment = async (
    { gate }: RegisteredGate,
    component: Component,
  ): Promise<SeenEnvironment> => {
    const { deployment } = await deploymentFor(gate.name, component);
    const release = deployment?.digest;
    const refused = gate.executesCode && !host.trusted;
    if (gate.environment === undefined || refused) return { digest: unknownEnvironment(release) };
    try {
      const ctx = await contextFor(gate.name, component, host.signal, noArtifacts, sharedFolder());
      const basis: Basis = {
        configFiles: gate.configFiles ?? [],
        around: gate.executesCode ? "everything" : gate.followsImports === true ? "imports" : "nothing",
        environment: checkGateEnvironment(await gate.environment(ctx)),
      };
      const answers = await host.lookAt(basis.environment, ctx);
      const digest = await digests.environment(basis, component, answers, release);
      return gate.subject === "deployment" ? { digest } : { digest, basis };
    } catch (error) {
      // What is missing the gate itself will meet, and say so; anything else is a defect of the plugin.
      if (!isBreakage(error)) {
        const reason = error instanceof Error ? error.message : String(error);
        const message = `${gate.name} could not say what it depends on: ${reason}`;
        kernel.bus.emit("warning", { message, code: "TP1301" });
      }
      return { digest: unknownEnvironment(release) };
    }
  };

  const inputsOf = async (registered: RegisteredGate, component: Component): Promise<Inputs> => {
    const id = `${registered.gate.name}/${component.name}`;
    const reading = seen.get(id) ?? readEnvironment(registered, component);
    seen.set(id, reading);
    const { gate, policy } = registered;
    const { digest } = await reading;
    return digests.of({ policy, configFiles: gate.configFiles ?? [] }, component, digest);
  };

  const makeArtifact = async (
    key: ArtifactKey<unknown>,
    component: Component,
    limitMs: number,
  ): Promise<Made> => {
    const producer = kernel.producers.get(key.id);
    if (!producer) throw new TowpathError("TP1304", { message: `nothing makes the artifact ${key.id}` });
    const id = `${component.name}/${key.id}`;
    const known = made.get(id);
    if (known) return known;
    const making = produce(producer, component, limitMs);
    made.set(id, making);
    // A broken artifact is made anew by the next attempt.
    making.catch(() => made.delete(id));
    return making;
  };
  const produce = (producer: Producer<unknown>, component: Component, limitMs: number): Promise<Made> =>
    pool.run(producer.cost ?? "light", async () => {
      refuseUntrusted(producer.executesCode, host.trusted, producer.key.id);
      const begun = host.clock.monotonic();
      const value = await limited(
        host,
        Math.min(limitMs, producer.timeoutMs ?? limitMs),
        producer.key.id,
        async (signal) =>
          producer.produce(
            await contextFor(producer.key.id.replaceAll(/[^a-z0-9]+/gi, "-"), component, signal, noArtifacts),
          ),
      );
      return { value, durationMs: host.clock.monotonic() - begun };
    });

  const artifactsOf = async (
    gate: Gate,
    component: Component,
    limitMs: number,
  ): Promise<{ artifacts: Artifacts; durationMs: number }> => {
    const needs = gate.needs ?? [];
    const values = await Promise.all(needs.map((key) => makeArtifact(key, component, limitMs)));
    const ready = new Map(needs.map((key, index) => [key.id, values[index]?.value]));
    const artifacts: Artifacts = {
      // The producer registered under this token made the value, so it has the token's type.
      get: <T>(key: ArtifactKey<T>): T => (ready.has(key.id) ? (ready.get(key.id) as T) : undeclared(key)),
    };
    return { artifacts, durationMs: Math.max(0, ...values.map((value) => value.durationMs)) };
  };

  /** Runs work in a place of the pool under the gate's limit and counts the time from when it has the place. */
  const inPlace = async <T>(
    gate: Gate,
    planned: PlannedGate,
    spent: number,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<
    | { readonly value: T; readonly durationMs: number }
    | { readonly breakage: Breakage; readonly durationMs: number }
  > =>
    pool.run(gate.cost ?? "light", async () => {
      const begun = host.clock.monotonic();
      const durationMs = (): number => spent + host.clock.monotonic() - begun;
      try {
        const value = await limited(host, planned.timeoutMs, gate.name, work);
        return { value, durationMs: durationMs() };
      } catch (error) {
        return { breakage: toBreakage(gate.name, error), durationMs: durationMs() };
      }
    });

  const checkOne = async (
    { gate }: RegisteredGate,
    planned: PlannedGate,
    component: Component,
  ): Promise<Settled> => {
    const begun = host.clock.monotonic();
    try {
      refuseUntrusted(gate.executesCode, host.trusted, gate.name);
      if (
        gate.subject === "deployment" &&
        (await deploymentFor(gate.name, component)).deployment === undefined
      )
        throw notDeployed(component);
      const { artifacts, durationMs: spent } = await artifactsOf(gate, component, planned.timeoutMs);
      const done = await inPlace(gate, planned, spent, async (signal) =>
        gate.check(await contextFor(gate.name, component, signal, artifacts)),
      );
      if ("breakage" in done) return done;
      const { value, durationMs } = done;
      return isEvidence(value)
        ? { evidence: value, durationMs }
        : { breakage: noEvidence(gate.name), durationMs };
    } catch (error) {
      return { breakage: toBreakage(gate.name, error), durationMs: host.clock.monotonic() - begun };
    }
  };

  const checkTogether = async (
    registered: RegisteredGate,
    planned: PlannedGate,
    components: readonly Component[],
  ): Promise<readonly Settled[]> => {
    const { gate } = registered;
    const together = gate.checkMany?.bind(gate);
    if (components.length < 2 || together === undefined) {
      return Promise.all(components.map((component) => checkOne(registered, planned, component)));
    }
    const done =
      host.trusted || !gate.executesCode
        ? await inPlace(gate, planned, 0, async (signal) =>
            together(await Promise.all(components.map((c) => contextFor(gate.name, c, signal, noArtifacts)))),
          )
        : { breakage: untrusted(gate.name), durationMs: 0 };
    const { durationMs } = done;
    return components.map((_, index): Settled => {
      if ("breakage" in done) return done;
      const one: unknown = Array.isArray(done.value) ? done.value[index] : undefined;
      if (isBreakage(one)) return { breakage: one, durationMs };
      return isEvidence(one)
        ? { evidence: one, durationMs }
        : { breakage: noEvidence(gate.name), durationMs };
    });
  };

  const finish = async (
    registered: RegisteredGate,
    planned: PlannedGate,
    component: Component,
    outcome: Settled,
    inputs: Inputs,
    timing: Pick<GateResult, "startedAt" | "attempts" | "because">,
  ): Promise<GateResult> => {
    const judged = resultOf(registered, planned, component, target, inputs, outcome, timing);
    const result = deepFreeze(host.redact === undefined ? judged : mapStrings(judged, host.redact));
    const changed = deepFreeze(await kernel.hooks.gateResult.promise(result));
    return changed === result ? result : acceptChange(result, changed);
  };

  /** Measures a gate anew for components, and answers by component. */
  const measure = async (
    registered: RegisteredGate,
    planned: PlannedGate,
    asked: readonly { readonly component: Component; readonly inputs: Inputs; readonly because: string }[],
    attempt: number,
  ): Promise<readonly GateResult[]> => {
    const components = asked.map(({ component }) => component);
    const startedAt = new Date(host.clock.now()).toISOString();
    const allowed = journal.allow(planned.name, host.clock.now());
    const outcomes = allowed
      ? await checkTogether(registered, planned, components)
      : components.map((): Settled => ({ breakage: breakerOpen(planned.name), durationMs: 0 }));
    if (allowed) {
      const broken = outcomes.some(
        (o) => "breakage" in o && breakageKinds[o.breakage.kind].retries === "policy",
      );
      journal.settle(planned.name, !broken, host.clock.now());
    }
    const results: GateResult[] = [];
    for (const [index, { component, inputs, because }] of asked.entries()) {
      const outcome = outcomes[index] ?? { breakage: noEvidence(planned.name), durationMs: 0 };
      const timing = { startedAt, attempts: attempt, because };
      results.push(await finish(registered, planned, component, outcome, inputs, timing));
    }
    return results;
  };

  const reuseFor = (planned: PlannedGate, component: Component, inputs: Inputs, attempt: number): Reuse => {
    if (attempt > 1) return { because: `attempt ${attempt - 1} broke` };
    if (!parts.reuse) return { because: "--no-cache" };
    const stored = journal.latest(component.name, planned.name);
    const { maxAgeMs } = parts;
    return reuseOf(stored, { inputs, target, maxAgeMs }, host.clock.now());
  };

  return {
    inputs: inputsOf,
    async recorded(result) {
      const known = await seen.get(`${result.gate}/${result.component}`);
      return known?.basis === undefined ? result : deepFreeze({ ...result, basis: known.basis });
    },
    async run(planned, components, attempt) {
      const registered = kernel.gates.get(planned.name);
      if (!registered) throw new TowpathError("TP1001", { message: `there is no gate ${planned.name}` });
      kernel.bus.emit("gate:start", {
        gate: planned.name,
        components: components.map((component) => component.name),
        attempt,
      });
      // Before the gate looks: a digest that is taken while it looks could be that of another state of the tree.
      const looked = await Promise.all(
        components.map(async (component) => {
          const inputs = await inputsOf(registered, component);
          return { component, inputs, reuse: reuseFor(planned, component, inputs, attempt) };
        }),
      );
      const asked = looked.flatMap(({ component, inputs, reuse }) =>
        "because" in reuse ? [{ component, inputs, because: reuse.because }] : [],
      );
      const measured = asked.length === 0 ? [] : await measure(registered, planned, asked, attempt);
      const results = looked.flatMap(({ component, reuse }) =>
        "result" in reuse
          ? [deepFreeze({ ...reuse.result, required: planned.required })]
          : measured.filter((result) => result.component === component.name),
      );
      for (const result of results) kernel.bus.emit("gate:end", { gate: planned.name, result });
      return results;
    },
    async fix({ name, timeoutMs }, component) {
      const gate = kernel.gates.get(name)?.gate;
      const apply = gate?.fix?.bind(gate);
      if (apply === undefined || (gate?.executesCode && !host.trusted)) return undefined;
      return limited(host, timeoutMs, `${name} --fix`, async (signal) =>
        apply(await contextFor(`${name}-fix`, component, signal, noArtifacts, fixFolder(name, component))),
      );
    },
    async artifact<T>(key: ArtifactKey<T>, component: Component): Promise<T | undefined> {
      if (!kernel.producers.has(key.id)) return undefined;
      // The producer registered under this token made the value, so it has the token's type.
      return (await makeArtifact(key, component, artifactLimitMs)).value as T;
    },
    attend: (name, component, limitMs, work) =>
      limited(host, limitMs, name, async (signal) =>
        work(await contextFor(name, component, signal, noArtifacts)),
      ),
    forget() {
      made.clear();
      seen.clear();
    },
  };
}

function toBreakage(gate: string, error: unknown): Breakage {
  if (isBreakage(error)) return error;
  if (error instanceof DOMException && error.name === "AbortError") {
    return new Breakage("cancelled", { message: `${gate} was cancelled` });
  }
  if (isTowpathError(error)) {
    const { message, why, fix, where } = error.data;
    return new Breakage("plugin", { message: `${gate}: ${message}`, why, fix, where, cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new Breakage("plugin", { message: `the gate ${gate} failed: ${reason}`, cause: error });
}

function refuseUntrusted(executesCode: boolean, trusted: boolean, what: string): void {
  if (executesCode && !trusted) throw untrusted(what);
}

function untrusted(what: string): Breakage {
  return new Breakage("untrusted", {
    message: `${what} would run the component's code, which is not trusted here`,
  });
}

function undeclared(key: ArtifactKey<unknown>): never {
  throw new TowpathError("TP1304", { message: `the artifact ${key.id} is not among the gate's needs` });
}

function breakerOpen(gate: string): Breakage {
  return new Breakage("breaker-open", {
    message: `${gate} broke five times in a row and is left alone for a minute`,
  });
}

function notDeployed({ name }: Component): Breakage {
  return new Breakage("no-input", {
    message: `staging runs no release of ${name}`,
    fix: [`towpath run --component ${name} --target staging`],
  });
}

function noEvidence(gate: string): Breakage {
  return new Breakage("plugin", { message: `the gate ${gate} returned what is no evidence` });
}
