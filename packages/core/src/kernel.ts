import type { RegisteredGate } from "./registered-gate.ts";
import { createBus, type Bus } from "./events.ts";
import { isTowpathError, TowpathError } from "./errors.ts";
import type { Gate, Producer } from "./gate.ts";
import { type GuardState, withLimit } from "./guard.ts";
import { createHooks, type Hooks } from "./hooks.ts";
import { componentNamePattern } from "./names.ts";
import { PLUGIN_API, type Plugin, type PluginApi } from "./plugin.ts";
import { type Deployer, type Environment, environments } from "./deployer.ts";
import type { Agent } from "./agent.ts";
import type { AlertSource } from "./alert-source.ts";
import type { ContextStore } from "./context-store.ts";
import type { Builder } from "./release.ts";
import type { Retriever } from "./retriever.ts";
import type { Sink } from "./sink.ts";
import type { TestGenerator } from "./test-generator.ts";
import { stages } from "./stages.ts";
import { digestOf } from "./canonical.ts";

/** How a plugin came into the kernel. */
export interface PluginSource {
  readonly version?: string;
  /** Where the configuration names the plugin, e.g. `towpath.config.yaml:3`. */
  readonly where?: string;
  /** Where an option was set; `undefined` when it is a default. */
  origin?(path: readonly (string | number)[]): string | undefined;
}

/** A deployer, and the plugin that registered it. */
export interface RegisteredDeployer {
  readonly plugin: string;
  readonly deployer: Deployer;
}

/** An agent, and the plugin that registered it. */
export interface RegisteredAgent {
  readonly plugin: string;
  readonly agent: Agent;
}

/** Holds the plugins of one run. */
export interface Kernel {
  readonly hooks: Hooks;
  readonly bus: Bus;
  readonly plugins: readonly { readonly name: string; readonly version?: string }[];
  readonly gates: ReadonlyMap<string, RegisteredGate>;
  readonly producers: ReadonlyMap<string, Producer<unknown>>;
  readonly deployers: ReadonlyMap<Environment, RegisteredDeployer>;
  /** What makes the artifact, if a plugin does. */
  readonly builder: () => Builder | undefined;
  /** Digest of the builder's plugin, its version and options. */
  readonly builderPolicy: () => string;
  /** Where alerts arrive, if a plugin knows. */
  readonly alerts: () => AlertSource | undefined;
  readonly sinks: ReadonlyMap<string, Sink>;
  readonly retrievers: ReadonlyMap<string, Retriever>;
  /** What makes tests from the specification, if a plugin does. */
  readonly testGenerator: () => TestGenerator | undefined;
  /** Who writes code, if a plugin brings somebody. */
  readonly agent: () => RegisteredAgent | undefined;
  /** Where sessions are kept besides the journal, if a plugin keeps them. */
  readonly store: () => ContextStore | undefined;
  /** Hook calls that have not settled, as `(plugin) hook`. */
  pending(): readonly string[];
  /**
   * Checks a plugin's options and sets it up; call it for one plugin after the other.
   * @throws {TowpathError} TP1207 when the plugin is not usable, TP1208 when its options are not valid, TP1301 when it fails
   */
  use(plugin: Plugin, source?: PluginSource): Promise<void>;
  /** Ends set-up: later taps are refused. */
  seal(): void;
  /** Cleans up in reverse order; failures become warnings. */
  close(): Promise<void>;
}

/** Limits of the kernel; tests turn them down. */
export interface KernelOptions {
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Limit of one tap's call, of one plugin's set-up and of one clean-up in milliseconds. @default 600000 */
  readonly hookLimitMs?: number;
  /** Absolute path of the repository. @default the folder in which the process works */
  readonly root?: string;
  /** The environment that plugins may read. @default empty */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Makes a kernel without plugins. Two kernels share nothing. */
export function createKernel(options: KernelOptions = {}): Kernel {
  const bus = createBus(options.now ?? Date.now);
  const state: GuardState = {
    settingUp: undefined,
    sealed: false,
    pending: new Map(),
    seq: 0,
    before: [],
    limitMs: options.hookLimitMs ?? 600_000,
    warn: (error) => bus.emit("warning", { message: error.message, code: error.data.code }),
  };
  const hooks = createHooks(state);
  const gates = new Map<string, RegisteredGate>();
  const producers = new Map<string, Producer<unknown>>();
  const deployers = new Map<Environment, RegisteredDeployer>();
  const sinks = new Map<string, Sink>();
  const retrievers = new Map<string, Retriever>();
  let generator: { readonly plugin: string; readonly generator: TestGenerator } | undefined;
  let agent: RegisteredAgent | undefined;
  let store: { readonly plugin: string; readonly store: ContextStore } | undefined;
  let alerts: { readonly plugin: string; readonly source: AlertSource } | undefined;
  let builder: { readonly plugin: string; readonly builder: Builder; readonly policy: string } | undefined;
  const plugins: { readonly name: string; readonly version?: string }[] = [];
  const cleaners: (() => void | Promise<void>)[] = [];

  const apiFor = (plugin: Plugin, checked: unknown, source: PluginSource): PluginApi => ({
    hooks,
    events: { on: (name, listener) => bus.on(name, listener) },
    gate(gate) {
      refuseSealed(plugin.name, state);
      checkGate(gate, plugin.name, gates);
      const policy = policyOf(plugin, checked, source);
      gates.set(gate.name, { gate, plugin: plugin.name, policy });
    },
    artifact(producer) {
      refuseSealed(plugin.name, state);
      if (producers.has(producer.key.id)) {
        throw unusable(`${plugin.name}: the artifact ${producer.key.id} has a producer already`);
      }
      producers.set(producer.key.id, producer);
    },
    builder(made) {
      refuseSealed(plugin.name, state);
      if (builder !== undefined)
        throw unusable(`${plugin.name}: ${builder.plugin} builds the artifact already`);
      builder = { plugin: plugin.name, builder: made, policy: policyOf(plugin, checked, source) };
    },
    deployer(environment, deployer) {
      refuseSealed(plugin.name, state);
      if (!environments.includes(environment))
        throw unusable(`${plugin.name}: there is no environment ${String(environment)}`);
      const taken = deployers.get(environment);
      if (taken) throw unusable(`${plugin.name}: ${taken.plugin} deploys to ${environment} already`);
      deployers.set(environment, { plugin: plugin.name, deployer });
    },
    alerts(made) {
      refuseSealed(plugin.name, state);
      if (alerts !== undefined)
        throw unusable(`${plugin.name}: ${alerts.plugin} says already where alerts arrive`);
      alerts = { plugin: plugin.name, source: made };
    },
    sink(sink) {
      refuseSealed(plugin.name, state);
      if (sinks.has(sink.name)) throw unusable(`${plugin.name}: there is a sink ${sink.name} already`);
      sinks.set(sink.name, sink);
    },
    retriever(retriever) {
      refuseSealed(plugin.name, state);
      if (retrievers.has(retriever.name))
        throw unusable(`${plugin.name}: there is a retriever ${retriever.name} already`);
      retrievers.set(retriever.name, retriever);
    },
    testGenerator(made) {
      refuseSealed(plugin.name, state);
      if (generator !== undefined)
        throw unusable(`${plugin.name}: ${generator.plugin} makes tests from the specification already`);
      generator = { plugin: plugin.name, generator: made };
    },
    agent(made) {
      refuseSealed(plugin.name, state);
      if (agent !== undefined) throw unusable(`${plugin.name}: ${agent.plugin} brings an agent already`);
      agent = { plugin: plugin.name, agent: made };
    },
    store(made) {
      refuseSealed(plugin.name, state);
      if (store !== undefined) throw unusable(`${plugin.name}: ${store.plugin} keeps the sessions already`);
      store = { plugin: plugin.name, store: made };
      hooks.loadSession.tapPromise(plugin.name, ({ component }) => made.load(component));
      hooks.saveSession.tapPromise(plugin.name, (session) => made.save(session));
    },
    root: options.root ?? process.cwd(),
    env: options.env ?? {},
    onClose: (clean) => void cleaners.push(clean),
    origin: (path) => source.origin?.(path) ?? `default of ${plugin.name}`,
  });

  return {
    hooks,
    bus,
    plugins,
    gates,
    producers,
    deployers,
    builder: () => builder?.builder,
    builderPolicy: () => builder?.policy ?? "",
    alerts: () => alerts?.source,
    sinks,
    retrievers,
    testGenerator: () => generator?.generator,
    agent: () => agent,
    store: () => store?.store,
    pending: () => [...state.pending.values()],
    async use(plugin, source = {}) {
      const where = source.where === undefined ? [] : [source.where];
      if (plugin.api !== PLUGIN_API) {
        throw unusable(
          `${plugin.name} is written for plugin API ${String(plugin.api)}, this core has ${PLUGIN_API}`,
          where,
        );
      }
      if (plugins.some((other) => other.name === plugin.name)) {
        throw unusable(`${plugin.name} is named twice`, where);
      }
      const checked = await plugin.validate();
      if (!checked.ok) throw invalidOptions(plugin.name, checked.issues, source, where);
      plugins.push({
        name: plugin.name,
        ...(source.version === undefined ? {} : { version: source.version }),
      });
      state.settingUp = plugin.name;
      const id = state.seq++;
      state.pending.set(id, `(${plugin.name}) setup`);
      try {
        const setup = async (): Promise<void> =>
          plugin.setup(apiFor(plugin, checked.options, source), checked.options);
        await withLimit(setup(), state.limitMs, `${plugin.name}: its set-up`);
      } catch (cause) {
        if (isTowpathError(cause)) throw cause;
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new TowpathError("TP1301", {
          message: `${plugin.name} failed in setup: ${reason}`,
          where,
          cause,
        });
      } finally {
        state.pending.delete(id);
        state.settingUp = undefined;
      }
    },
    seal() {
      for (const { gate, plugin } of gates.values()) {
        const lacking = (gate.needs ?? []).find((key) => !producers.has(key.id));
        if (lacking)
          throw unusable(
            `${plugin}: nothing makes the artifact ${lacking.id} that the gate ${gate.name} needs`,
          );
      }
      // To tapable an unknown name means: first.
      const lost = state.before.find(({ wanted }) => !plugins.some((plugin) => plugin.name === wanted));
      if (lost) {
        throw unusable(`${lost.plugin}: the hook ${lost.hook} has no tap of ${lost.wanted} to come before`);
      }
      state.sealed = true;
    },
    async close() {
      for (const clean of cleaners.toReversed()) {
        try {
          await withLimit((async () => clean())(), state.limitMs, "clean-up");
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          bus.emit("warning", { message: `clean-up failed: ${reason}`, code: "TP1301" });
        }
      }
      cleaners.length = 0;
    },
  };
}

/** The plan is made of what is registered, so what comes later would be run by nobody. */
function refuseSealed(plugin: string, { sealed }: GuardState): void {
  if (sealed) throw new TowpathError("TP1303", { message: `${plugin} registered something after set-up` });
}

/** What a plugin's judgement depends on: its name, its version and its options. */
function policyOf(plugin: Plugin, checked: unknown, { version = "0.0.0" }: PluginSource): string {
  return digestOf({ plugin: plugin.name, version, options: optionsAsData(checked) });
}

/** Options as JSON: what JSON cannot hold, a function or an expression, counts by its text. */
function optionsAsData(options: unknown): unknown {
  if (options instanceof Map || options instanceof Set) return [...options].map(optionsAsData);
  if (Array.isArray(options)) return options.map(optionsAsData);
  if (
    (typeof options === "number" && Number.isFinite(options)) ||
    typeof options === "string" ||
    typeof options === "boolean"
  )
    return options;
  if (typeof options !== "object" || options === null) return String(options);
  if (Object.getPrototypeOf(options) !== Object.prototype) return String(options);
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, optionsAsData(value)]));
}

function checkGate(gate: Gate, plugin: string, gates: ReadonlyMap<string, RegisteredGate>): void {
  if (!componentNamePattern.test(gate.name))
    throw unusable(`${plugin}: ${JSON.stringify(gate.name)} is no gate name`);
  const taken = gates.get(gate.name);
  if (taken) throw unusable(`${plugin}: the gate ${gate.name} is registered by ${taken.plugin} already`);
  const unknown = gate.stages.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined || gate.stages.length === 0) {
    throw unusable(`${plugin}: the gate ${gate.name} names ${unknown ?? "no"} stage`);
  }
}

function invalidOptions(
  plugin: string,
  issues: readonly { readonly message: string; readonly path: readonly (string | number)[] }[],
  source: PluginSource,
  where: readonly string[],
): TowpathError {
  const lines = issues.map(
    ({ message, path }) => `${path.length === 0 ? "" : `${path.join(".")}: `}${message}`,
  );
  const places = issues.flatMap(({ path }) => source.origin?.(path) ?? []);
  return new TowpathError("TP1208", {
    message: `options of ${plugin}: ${lines.join("; ")}`,
    where: places.length > 0 ? [...new Set(places)] : where,
  });
}

function unusable(message: string, where: readonly string[] = []): TowpathError {
  return new TowpathError("TP1207", { message, where });
}
