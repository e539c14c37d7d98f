import type { Backoff } from "../retry.ts";
import type { StageName } from "../stages.ts";
import type { Plugin } from "../plugin.ts";

/** A plugin by name, by name with options, or (in a TypeScript configuration) made by its factory. */
export type PluginEntry = string | readonly [name: string, options: unknown] | Plugin;

/** Where a component lives; paths are POSIX and relative to the repository root. */
export interface ComponentConfig {
  /** Files and folders of the source. */
  readonly source: readonly string[];
  /** Files and folders of the tests. @default [] */
  readonly tests?: readonly string[] | undefined;
  /** The Markdown file that says what the component must do. */
  readonly spec?: string | undefined;
  /** Path of the component's Python interpreter, absolute or relative to the root. @default found by look-up */
  readonly python?: string | undefined;
}

/** Settings of a stage. */
export interface StageConfig {
  /** Leaves the stage out, for this reason, which every report shows. */
  readonly skip?: string | undefined;
  /** How often breakage is tried again. */
  readonly retry?: Partial<Backoff> | undefined;
  /** For staging and production: the stage deploys nothing, for this reason, which every report shows. */
  readonly noDeploy?: string | undefined;
}

/** Settings of the evidence. */
export interface EvidenceConfig {
  /** Age in hours past which evidence no longer counts. @default 24; 336 for the target production */
  readonly maxAgeHours?: number | undefined;
}

/** Settings of a gate that the host enforces; the gate's own options stand with its plugin. */
export interface GateConfig {
  /** Whether the target needs the gate; an optional gate is measured and never blocks. @default true */
  readonly required?: boolean | undefined;
  /** Limit of one check in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** What the user writes. */
export interface UserConfig {
  /** For editors. */
  readonly $schema?: string | undefined;
  readonly plugins: readonly PluginEntry[];
  /** Components by name. A component that is not named is looked for by convention. */
  readonly components?: Readonly<Record<string, ComponentConfig>> | undefined;
  readonly stages?: Readonly<Partial<Record<StageName, StageConfig>>> | undefined;
  readonly gates?: Readonly<Record<string, GateConfig>> | undefined;
  readonly evidence?: EvidenceConfig | undefined;
}

/** A configuration as it was read: plain data, still unchecked. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** The checked configuration. */
export interface Config {
  /** The file it came from, relative to the repository root. */
  readonly file?: string;
  readonly plugins: readonly PluginEntry[];
  readonly components: Readonly<Record<string, ComponentConfig>>;
  readonly stages: Readonly<Partial<Record<StageName, StageConfig>>>;
  readonly gates: Readonly<Record<string, GateConfig>>;
  readonly evidence?: EvidenceConfig;
}

/** A configuration file that was read. */
export interface LoadedConfig {
  readonly raw: RawConfig;
  /** Absolute path. */
  readonly path: string;
  /** Name as messages show it; its folder is the root that all paths are relative to. */
  readonly file: string;
  /** sha256 of the text that was read, in hexadecimal; absent for code and for `package.json`. */
  readonly digest?: string;
  /** `file:line:column` of a key path; the nearest known parent, at least the file. */
  at(path: readonly (string | number)[]): string;
  /** `file:line` of a key path that is set, else `undefined`. */
  setAt(path: readonly (string | number)[]): string | undefined;
}
