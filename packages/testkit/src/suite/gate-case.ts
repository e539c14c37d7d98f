import type { Clock, Component, Journal, Plugin, Target } from "@towpath/core";

/** File contents by POSIX path, relative to the repository root. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Variables; `undefined` takes one away. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Makes what is on record about the component of a repository, anew each time. @param root absolute path of it */
export type OnRecord = (root: string) => Journal | Promise<Journal>;

/** A component in which the gate must find something. */
export interface DirtyCase {
  readonly files: Files;
  /** The file of the finding that must be reported. @default any finding of level `error` will do: it is about no file */
  readonly file?: string;
  /** The first line of its range. @default only the file is asked for */
  readonly line?: number;
  /** What is on record before a run on these files. @default as for the clean component */
  readonly journal?: OnRecord;
  /**
   * For a gate that never fails, as what it misses can still come: the verdict is `inconclusive`, and it says for what
   * it waits. @default false
   */
  readonly waits?: boolean;
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
  /**
   * What is on record before a run: facts, samples. For a gate about a deployment, what staging runs.
   * @default nothing
   * @example journal: () => { const journal = memoryJournal(); journal.commit({ facts: [{ component: "foo", fact }] }); return journal; }
   */
  readonly journal?: OnRecord;
  /** When the gate looks, for facts that have an age. @default the machine's clock */
  readonly clock?: Clock;
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
