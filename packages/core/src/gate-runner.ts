import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactKey, Artifacts } from "./artifacts.ts";
import { Breakage, breakageKinds, isBreakage } from "./breakage.ts";
import { closedCircuit, request, settle, type Circuit } from "./circuit.ts";
import { isTowpathError, TowpathError } from "./errors.ts";
import type { Exec } from "./exec.ts";
import type { Component, FixResult, Gate, GateContext, Producer } from "./gate.ts";
import type { Host } from "./host.ts";
import { acceptChange, resultOf, type Settled } from "./build-result.ts";
import { deepFreeze } from "./freeze.ts";
import { limited } from "./limited.ts";
import { isEvidence } from "./is-evidence.ts";
import type { InputDigests } from "./input-digests.ts";
import type { Kernel } from "./kernel.ts";
import { createPool } from "./pool.ts";
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
  /** Forgets shared artifacts: the tree has changed. */
  forget(): void;
}

interface Made {
  readonly value: unknown;
  readonly durationMs: number;
}

const noArtifacts: Artifacts = { get: (key) => undeclared(key) };

/** Makes the gate runner of one run. */
export function createGateRunner(
  kernel: Kernel,
  host: Host,
  target: Target,
  digests: InputDigests,
): GateRunner {
  const pool = createPool(host.cores);
  const made = new Map<string, Promise<Made>>();
  const circuits = new Map<string, Circuit>();
  let calls = 0;

  const contextFor = async (
    name: string,
    component: Component,
    signal: AbortSignal,
    artifacts: Artifacts,
  ): Promise<GateContext> => {
    calls += 1;
    const outDir = join(host.outDir, `${component.name}-${name}-${calls}`);
    await mkdir(outDir, { recursive: true, mode: 0o700 });
    const exec: Exec = async (asked) => {
      const env = { ...(await kernel.hooks.toolEnv.promise({})), ...asked.env };
      const signals = asked.signal === undefined ? signal : AbortSignal.any([signal, asked.signal]);
      return host.exec({ ...asked, env, signal: signals });
    };
    return Object.freeze({
      component,
      target,
      workspace: host.workspace,
      outDir,
      artifacts,
      exec,
      env: host.env,
      signal,
      trusted: host.trusted,
      log: (line: string) => kernel.bus.emit("log", { gate: name, line }),
    });
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
    timing: Pick<GateResult, "startedAt" | "attempts">,
  ): Promise<GateResult> => {
    const result = deepFreeze(resultOf(registered, planned, component, target, inputs, outcome, timing));
    const changed = deepFreeze(await kernel.hooks.gateResult.promise(result));
    return changed === result ? result : acceptChange(result, changed);
  };

  return {
    async run(planned, components, attempt) {
      const registered = kernel.gates.get(planned.name);
      if (!registered) throw new TowpathError("TP1001", { message: `there is no gate ${planned.name}` });
      kernel.bus.emit("gate:start", {
        gate: planned.name,
        components: components.map((component) => component.name),
        attempt,
      });
      const startedAt = new Date(host.clock.now()).toISOString();
      // Before the gate looks: a digest that is taken while it looks could be that of another state of the tree.
      const inputs = await Promise.all(components.map((component) => digests.of(registered, component)));
      const asked = request(circuits.get(planned.name) ?? closedCircuit, host.clock.now());
      circuits.set(planned.name, asked.circuit);
      const outcomes = asked.allowed
        ? await checkTogether(registered, planned, components)
        : components.map((): Settled => ({ breakage: breakerOpen(planned.name), durationMs: 0 }));
      if (asked.allowed) {
        const broken = outcomes.some(
          (o) => "breakage" in o && breakageKinds[o.breakage.kind].retries === "policy",
        );
        circuits.set(planned.name, settle(asked.circuit, !broken, host.clock.now()));
      }
      const timing = { startedAt, attempts: attempt };
      const results: GateResult[] = [];
      for (const [index, component] of components.entries()) {
        const outcome = outcomes[index] ?? { breakage: noEvidence(planned.name), durationMs: 0 };
        const measuredOn = inputs[index];
        if (measuredOn === undefined) continue;
        const result = await finish(registered, planned, component, outcome, measuredOn, timing);
        kernel.bus.emit("gate:end", { gate: planned.name, result });
        results.push(result);
      }
      return results;
    },
    async fix({ name, timeoutMs }, component) {
      const gate = kernel.gates.get(name)?.gate;
      const apply = gate?.fix?.bind(gate);
      if (apply === undefined || (gate?.executesCode && !host.trusted)) return undefined;
      return limited(host, timeoutMs, `${name} --fix`, async (signal) =>
        apply(await contextFor(`${name}-fix`, component, signal, noArtifacts)),
      );
    },
    forget: () => made.clear(),
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

function noEvidence(gate: string): Breakage {
  return new Breakage("plugin", { message: `the gate ${gate} returned what is no evidence` });
}
