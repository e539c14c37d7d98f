import type { Component, Plugin, Target } from "@towpath/core";

/** File contents by POSIX path, relative to the repository root. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Variables; `undefined` takes one away. */
export type Env = Readonly<Record<string, string | undefined>>;

/** A component in which the gate must find something. */
export interface DirtyCase {
  readonly files: Files;
  /** The file of the finding that must be reported. */
  readonly file: string;
  /** The first line of its range. @default only the file is asked for */
  readonly line?: number;
  /** A text, such as a secret, that stands in the files and must not stand in the result. */
  readonly hidden?: string;
  /**
   * Whole lines to put at the top of `file`, which must move the finding and change nothing else.
   * @default two comment lines; in Markdown two empty ones
   */
  readonly moved?: string;
}

/**
 * A part of the suite that a gate can be let off, with a reason:
 * - `processes`: everything about tools, for a gate that starts none
 * - `missing tool`: the tool cannot be missing, e.g. as it comes with the plugin
 * - `no input`: the gate looks at something else than the component's files
 * - `moved lines`: the finding has no line that could move
 * - `repeated runs`: the case has state, so that a second run sees something else
 * - `replay`: the tool's output only makes sense once, so that it cannot be recorded and tampered with
 * - `changed numbers`: a number of the report decides alone, and nothing in the report contradicts another one
 */
export type Part =
  | "processes"
  | "missing tool"
  | "no input"
  | "moved lines"
  | "repeated runs"
  | "replay"
  | "changed numbers";

/** One gate, with a component that it passes and one that it fails. Both are compulsory. */
export interface GateCase {
  /** The gate's name. */
  readonly gate: string;
  /** Makes the plugin anew, with the options for this case. */
  readonly plugin: () => Plugin;
  readonly clean: Files;
  readonly dirty: DirtyCase;
  /** Where tools are found, e.g. `async () => (await pythonEnv()).env`. @default this machine's PATH */
  readonly env?: () => Env | Promise<Env>;
  /** What is left out: name `foo`, source `src/foo`, tests `tests` if a dirty file lies there. */
  readonly component?: Partial<Component>;
  /** @default "dev" */
  readonly target?: Target;
  /** Paths below which the gate, or the component's own code, may write. @default nowhere */
  readonly writes?: readonly string[];
  /** Parts of the suite that are left out, each with the reason, which stands in the title of the tests. */
  readonly off?: Readonly<Partial<Record<Part, string>>>;
}
