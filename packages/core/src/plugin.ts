import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Agent } from "./agent.ts";
import type { AlertSource } from "./alert-source.ts";
import type { ContextStore } from "./context-store.ts";
import type { Deployer, Environment } from "./deployer.ts";
import type { Gate, Producer } from "./gate.ts";
import type { Builder } from "./release.ts";
import type { Retriever } from "./retriever.ts";
import type { Sink } from "./sink.ts";
import type { TestGenerator } from "./test-generator.ts";
import type { EventOf, Events } from "./events.ts";
import type { Hooks } from "./hooks.ts";

/** Version of the plugin contract. A plugin for another version is refused. */
export const PLUGIN_API = 1;

/** What a plugin gets while it is set up. */
export interface PluginApi {
  /** Absolute real path of the repository. */
  readonly root: string;
  /** The environment that plugins may read; nothing in it may be stored or shown. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hooks change the run: awaited, ordered, and their failure counts. */
  readonly hooks: Hooks;
  /** Events only observe. */
  readonly events: {
    /** Listens to an event; returns a function that stops listening. */
    on<K extends keyof Events>(name: K, listener: (event: EventOf<K>) => void | Promise<void>): () => void;
  };
  /** Registers a gate. */
  gate(gate: Gate): void;
  /** Registers what makes an artifact that gates need. */
  artifact<T>(producer: Producer<T>): void;
  /** Registers what makes the artifact that is deployed. One for all environments. */
  builder(builder: Builder): void;
  /** Registers what brings releases to an environment. One for each. */
  deployer(environment: Environment, deployer: Deployer): void;
  /** Registers where alerts arrive, for `towpath drill monitoring`. One for all environments. */
  alerts(source: AlertSource): void;
  /** Registers what is told of every event, also of those that it missed. */
  sink(sink: Sink): void;
  /** Registers what finds code and documents that belong to a task. */
  retriever(retriever: Retriever): void;
  /** Registers what makes tests from the specification. One for a run. */
  testGenerator(generator: TestGenerator): void;
  /** Registers who writes code in the stages implementation, testing and refactoring. One for a run. */
  agent(agent: Agent): void;
  /** Registers where sessions are kept. One for a run; without it they stay in the journal alone. */
  store(store: ContextStore): void;
  /** Registers clean-up; run in reverse order when the kernel is closed. */
  onClose(clean: () => void | Promise<void>): void;
  /**
   * Where an option was set: `towpath.config.yaml:14`, else `default of <plugin>`.
   * @param path keys from the plugin's options down, e.g. `["coverage", "staging"]`
   */
  origin(path: readonly (string | number)[]): string;
}

/** A plugin with its options, ready for the kernel. */
export interface Plugin {
  /** The package's name. */
  readonly name: string;
  readonly api: typeof PLUGIN_API;
  /** The options, still unchecked. */
  readonly options: unknown;
  /** Checks the options. @throws nothing: problems are returned */
  validate(): Promise<PluginOptionsResult>;
  setup(api: PluginApi, options: unknown): void | Promise<void>;
}

/** The checked options, or what is wrong with them. */
export type PluginOptionsResult =
  | { readonly ok: true; readonly options: unknown }
  | {
      readonly ok: false;
      readonly issues: readonly { readonly message: string; readonly path: readonly (string | number)[] }[];
    };

/** The default export of a plugin package. Options may be left out where the schema allows it. */
export interface PluginFactory<Input> {
  (...args: undefined extends Input ? [options?: Input] : [options: Input]): Plugin;
  /** The package's name. */
  readonly pluginName: string;
}

/** What an author writes. */
export interface PluginDefinition<S extends StandardSchemaV1> {
  /** The package's name. */
  readonly name: string;
  /** Any Standard Schema (zod, valibot, …); it should refuse unknown keys. */
  readonly options: S;
  setup(api: PluginApi, options: StandardSchemaV1.InferOutput<S>): void | Promise<void>;
}

/**
 * Makes the factory that a plugin package exports as its default.
 * @example export default definePlugin({ name: "@acme/towpath-gate-licence", options: z.strictObject({}).prefault({}), setup(api) { api.gate(licence); } });
 */
export function definePlugin<S extends StandardSchemaV1>(
  definition: PluginDefinition<S>,
): PluginFactory<StandardSchemaV1.InferInput<S>> {
  const factory = (options?: unknown): Plugin => ({
    name: definition.name,
    api: PLUGIN_API,
    options,
    async validate(): Promise<PluginOptionsResult> {
      const result = await definition.options["~standard"].validate(options);
      if (result.issues === undefined) return { ok: true, options: result.value };
      const issues = result.issues.map((issue) => ({
        message: issue.message,
        path: (issue.path ?? []).map(pathKey),
      }));
      return { ok: false, issues };
    },
    // The kernel passes what `validate` returned, which is the output of this very schema.
    setup: (api, checked) => definition.setup(api, checked as StandardSchemaV1.InferOutput<S>),
  });
  return Object.assign(factory, { pluginName: definition.name });
}

function pathKey(segment: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key = typeof segment === "object" ? segment.key : segment;
  return typeof key === "number" ? key : String(key);
}
