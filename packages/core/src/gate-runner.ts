import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactKey, Artifacts } from "./artifacts.ts";
import { Breakage, breakageKinds, isBreakage, type ErrorKind } from "./breakage.ts";
import { catalogue } from "./catalogue.ts";
import { closedCircuit, request, settle, type Circuit } from "./circuit.ts";
import { isTowpathError, TowpathError } from "./errors.ts";
import type { Exec } from "./exec.ts";
import type { Component, Evidence, Gate, GateContext, Producer } from "./gate.ts";
import type { Host } from "./host.ts";
import { deepFreeze } from "./freeze.ts";
import type { InputDigests } from "./input-digests.ts";
import type { Kernel } from "./kernel.ts";
import { createPool } from "./pool.ts";
import type { PlannedGate } from "./plan.ts";
import type { RegisteredGate } from "./registered-gate.ts";
import type { GateResult, Inputs } from "./result.ts";
import type { Target } from "./stages.ts";
import { judge } from "./verdict.ts";

/** How long a gate may take to stop after its signal, in milliseconds, before it is given up. */
const stopGraceMs = 15_000;

/** Runs gates within the machine's budget and turns whatever they do into results. */
export interface GateRunner {
  /** Runs a gate for components; answers with one result each, in order, and never rejects because of a gate. */
  run(planned: PlannedGate, components: readonly Component[], attempt: number): Promise<readonly GateResult[]>;
  /** The context for a gate's `fix`. */
  fixContext(gate: Gate, component: Component): Promise<GateContext>;
  /** Forgets shared artifacts: the tree has changed. */
  forget(): void;
}

type Settled = { readonly evidence: Evidence } | { readonly breakage: Breakage };

/** Makes the gate runner of one run. */
export function createGateRunner(kernel: Kernel, host: Host, target: Target, digests: InputDigests): GateRunner {
  const pool = createPool(host.cores);
  const made = new Map<string, Promise<unknown>>();
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

  const makeArtifact = async (key: ArtifactKey<unknown>, component: Component): Promise<unknown> => {
    const producer = kernel.producers.get(key.id);
    if (!producer) throw new TowpathError("TP1304", { message: `nothing makes the artifact ${key.id}` });
    const id = `${component.name}/${key.id}`;
    const known = made.get(id);
    if (known) return known;
    const making = produce(producer, component);
    made.set(id, making);
    // A broken artifact is made anew by the next attempt.
    making.catch(() => made.delete(id));
    return making;
  };
  const produce = (producer: Producer<unknown>, component: Component): Promise<unknown> =>
    pool.run(producer.cost ?? "light", async () => {
      refuseUntrusted(producer.executesCode, host.trusted, producer.key.id);
      const none: Artifacts = { get: (key) => undeclared(key) };
      return limited(host, producer.timeoutMs ?? 600_000, producer.key.id, async (signal) =>
        producer.produce(await contextFor(producer.key.id.replaceAll(/[^a-z0-9]+/gi, "-"), component, signal, none)),
      );
    });

  const artifactsOf = async (gate: RegisteredGate["gate"], component: Component): Promise<Artifacts> => {
    const needs = gate.needs ?? [];
    const values = await Promise.all(needs.map((key) => makeArtifact(key, component)));
    const ready = new Map(needs.map((key, index) => [key.id, values[index]]));
    return {
      // The producer registered under this token made the value, so it has the token's type.
      get: <T>(key: ArtifactKey<T>): T => (ready.has(key.id) ? (ready.get(key.id) as T) : undeclared(key)),
    };
  };

  const checkOne = async (registered: RegisteredGate, planned: PlannedGate, component: Component): Promise<Settled> => {
    const { gate } = registered;
    return settled(gate.name, async () => {
      refuseUntrusted(gate.executesCode, host.trusted, gate.name);
      const artifacts = await artifactsOf(gate, component);
      const evidence = await pool.run(gate.cost ?? "light", () =>
        limited(host, planned.timeoutMs, gate.name, async (signal) =>
          gate.check(await contextFor(gate.name, component, signal, artifacts)),
        ),
      );
      return { evidence };
    });
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
    const none: Artifacts = { get: (key) => undeclared(key) };
    const outcome = await settledMany(gate.name, async () => {
      refuseUntrusted(gate.executesCode, host.trusted, gate.name);
      return pool.run(gate.cost ?? "light", () =>
        limited(host, planned.timeoutMs, gate.name, async (signal) =>
          together(await Promise.all(components.map((c) => contextFor(gate.name, c, signal, none)))),
        ),
      );
    });
    return components.map((_, index) => {
      if ("breakage" in outcome) return outcome;
      const one = outcome.answers[index];
      if (isBreakage(one)) return { breakage: one };
      return one === undefined ? { breakage: noEvidence(gate.name) } : { evidence: one };
    });
  };

  const finish = async (
    registered: RegisteredGate,
    planned: PlannedGate,
    component: Component,
    outcome: Settled,
    inputs: Inputs,
    timing: Pick<GateResult, "startedAt" | "durationMs" | "attempts">,
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
      const begun = host.clock.monotonic();
      const inputs = Promise.all(components.map((component) => digests.of(registered, component)));
      const asked = request(circuits.get(planned.name) ?? closedCircuit, host.clock.now());
      circuits.set(planned.name, asked.circuit);
      const outcomes = asked.allowed
        ? await checkTogether(registered, planned, components)
        : components.map((): Settled => ({ breakage: breakerOpen(planned.name) }));
      if (asked.allowed) {
        const broken = outcomes.some((o) => "breakage" in o && breakageKinds[o.breakage.kind].retries === "policy");
        circuits.set(planned.name, settle(asked.circuit, !broken, host.clock.now()));
      }
      const durationMs = Math.max(0, host.clock.monotonic() - begun);
      const timing = { startedAt, durationMs, attempts: attempt };
      const results: GateResult[] = [];
      for (const [index, component] of components.entries()) {
        const outcome = outcomes[index] ?? { breakage: noEvidence(planned.name) };
        const measuredOn = (await inputs)[index];
        if (measuredOn === undefined) continue;
        const result = await finish(registered, planned, component, outcome, measuredOn, timing);
        kernel.bus.emit("gate:end", { gate: planned.name, result });
        results.push(result);
      }
      return results;
    },
    fixContext: (gate, component) =>
      contextFor(`${gate.name}-fix`, component, host.signal, { get: (key) => undeclared(key) }),
    forget: () => made.clear(),
  };
}

/** Runs work under a signal that the time limit or the run's end aborts, and gives up on work that ignores it. */
async function limited<T>(host: Host, limitMs: number, what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  host.signal.throwIfAborted();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(timeoutBreakage(what, limitMs)), limitMs);
  const cancel = (): void => stop.abort(new Breakage("cancelled", { message: `${what} was cancelled` }));
  host.signal.addEventListener("abort", cancel, { once: true });
  let grace: NodeJS.Timeout | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    stop.signal.addEventListener("abort", () => {
      grace = setTimeout(() => reject(stop.signal.reason), stopGraceMs);
    });
  });
  try {
    return await Promise.race([work(stop.signal), givenUp]);
  } catch (error) {
    // Whatever a stopped gate throws, the reason is why it was stopped.
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    host.signal.removeEventListener("abort", cancel);
  }
}

async function settled(gate: string, check: () => Promise<{ evidence: Evidence }>): Promise<Settled> {
  try {
    const outcome = await check();
    return isEvidence(outcome.evidence) ? outcome : { breakage: noEvidence(gate) };
  } catch (error) {
    return { breakage: toBreakage(gate, error) };
  }
}

async function settledMany(
  gate: string,
  check: () => Promise<readonly (Evidence | Breakage)[]>,
): Promise<{ readonly answers: readonly (Evidence | Breakage)[] } | { readonly breakage: Breakage }> {
  try {
    const answers = await check();
    const sound = Array.isArray(answers) && answers.every((one) => isBreakage(one) || isEvidence(one));
    return sound ? { answers } : { breakage: noEvidence(gate) };
  } catch (error) {
    return { breakage: toBreakage(gate, error) };
  }
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

/** A plugin written in JavaScript may return anything; what decides is checked here. */
function isEvidence(value: unknown): value is Evidence {
  if (typeof value !== "object" || value === null) return false;
  const { candidates, checked, findings, measurements, tool } = value as Partial<Record<keyof Evidence, unknown>>;
  return (
    typeof candidates === "number" &&
    typeof checked === "number" &&
    Array.isArray(findings) &&
    Array.isArray(measurements) &&
    typeof tool === "object" &&
    tool !== null
  );
}

function resultOf(
  registered: RegisteredGate,
  planned: PlannedGate,
  component: Component,
  target: Target,
  inputs: Inputs,
  outcome: Settled,
  timing: Pick<GateResult, "startedAt" | "durationMs" | "attempts">,
): GateResult {
  const { gate, plugin } = registered;
  const base = {
    schemaVersion: 1 as const,
    gate: gate.name,
    plugin,
    category: gate.category,
    component: component.name,
    target,
    required: planned.required,
    inputs,
    ...timing,
  };
  if ("breakage" in outcome) {
    const nothing = { candidates: 0, checked: 0, findings: [], measurements: [], warnings: [], notes: [] };
    return { ...base, ...nothing, ...errorOf(outcome.breakage) };
  }
  const { evidence } = outcome;
  const judgement = judge(evidence);
  const seen = {
    candidates: evidence.candidates,
    checked: evidence.checked,
    findings: evidence.findings,
    measurements: evidence.measurements,
    warnings: evidence.warnings ?? [],
    notes: evidence.notes ?? [],
    tool: evidence.tool,
    ...(evidence.details === undefined ? {} : { details: evidence.details }),
  };
  if (judgement.verdict === "errored") {
    return { ...base, ...seen, ...errorOf(new Breakage(judgement.kind, { message: judgement.message })) };
  }
  const code = judgement.verdict === "passed" ? {} : { code: gate.code };
  return { ...base, ...seen, verdict: judgement.verdict, ...code };
}

function errorOf(breakage: Breakage): Pick<GateResult, "verdict" | "code" | "error"> {
  const { code } = breakageKinds[breakage.kind];
  const { message, why, fix, where } = breakage.details;
  const entry = catalogue[code];
  const error = { kind: breakage.kind, message, why: why ?? entry.why, fix: fix ?? entry.fix, where: where ?? [] };
  return { verdict: "errored", code, error };
}

/** A hook may enrich a result, lower its verdict, or waive a failure with a reason; nothing else improves it. */
function acceptChange(before: GateResult, after: GateResult): GateResult {
  const rank = (result: GateResult): number => ["passed", "warned", "waived"].indexOf(result.verdict);
  const waives = before.verdict === "failed" && after.verdict === "waived" && (after.reason ?? "") !== "";
  const improves = after.verdict !== before.verdict && rank(after) >= 0 && (rank(before) < 0 || rank(after) < rank(before));
  if (improves && !waives) {
    throw new TowpathError("TP1301", {
      message: `a gateResult hook turned ${before.gate} from ${before.verdict} into ${after.verdict}`,
      why: "Only a waiver with a reason can let a failed gate through.",
    });
  }
  return deepFreeze({ ...after, original: before.verdict, inputs: before.inputs });
}

function refuseUntrusted(executesCode: boolean, trusted: boolean, what: string): void {
  if (!executesCode || trusted) return;
  throw new Breakage("untrusted", { message: `${what} would run the component's code, which is not trusted here` });
}

function undeclared(key: ArtifactKey<unknown>): never {
  throw new TowpathError("TP1304", { message: `the artifact ${key.id} is not among the gate's needs` });
}

function timeoutBreakage(what: string, limitMs: number): Breakage {
  return new Breakage("timeout", { message: `${what} did not end within ${limitMs / 1000} s` });
}

function breakerOpen(gate: string): Breakage {
  return new Breakage("breaker-open", { message: `${gate} broke five times in a row and is left alone for a minute` });
}

function noEvidence(gate: string): Breakage {
  return new Breakage("plugin" satisfies ErrorKind, { message: `the gate ${gate} returned no evidence` });
}
