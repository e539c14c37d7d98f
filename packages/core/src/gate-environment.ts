/** Supported versions of a tool. */
export interface VersionRange {
  /** The lowest supported version. */
  readonly min?: string;
  /** The lowest version that is not supported any more. */
  readonly below?: string;
}

/** Which tool is wanted. */
export interface ToolRequest {
  /** Name of the program. */
  readonly name: string;
  /** Python module to run as `python -m` when the script's interpreter is gone. */
  readonly module?: string;
  /** The gate's option `command`: an absolute path, a path relative to the repository, or a name on PATH. */
  readonly command?: string;
  /** @default ["--version"] */
  readonly versionArgs?: readonly string[];
  /** How to install it, shown when it is missing. */
  readonly install: string;
  /** The versions that the gate can read. @default all */
  readonly versions?: VersionRange;
}

/** A tool whose identity counts: path and version. */
export interface ToolDependence extends ToolRequest {
  /** Whether the distributions that are installed for it count, as for a Python program. @default false */
  readonly packages?: boolean;
  /**
   * Whether the gate can do without it, so that its absence is an answer, too. A tool that is named, by the option
   * `command` or by `TOWPATH_<TOOL>`, can never be absent.
   * @default false
   */
  readonly optional?: boolean;
}

/** Files whose names and contents count, as version control lists them: an ignored one is none. */
export interface ListedFiles {
  /** Files and folders, POSIX and relative to the root. One that leads out of the repository counts as doing so. */
  readonly paths: readonly string[];
  /** Ends of the names that count. @default all files */
  readonly suffixes?: readonly string[];
}

/**
 * What a gate's result depends on besides the tree and the tool's configuration. It is data, so that it can be looked at
 * again without the gate; the questions count together with their answers. Whatever the choice of the questions
 * depends on must itself be asked, or be one of the gate's `configFiles`.
 * @example { tools: [{ name: "bandit", install: "pip install bandit", packages: true }], variables: ["DATABASE_URL"] }
 */
export interface GateEnvironment {
  readonly tools?: readonly ToolDependence[];
  /** The component's Python: the interpreter, or also the distributions that are installed for it. */
  readonly python?: "interpreter" | "packages";
  /** Files that count by content, or by being absent; absolute, or relative to the root. */
  readonly files?: readonly string[];
  readonly listed?: readonly ListedFiles[];
  /** Names of environment variables that count; of the values nothing is kept but digests. */
  readonly variables?: readonly string[];
  /** What is known without a look, e.g. the version of an engine that comes with the plugin; JSON. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/**
 * What counts of the repository outside of the component: nothing; what Python code may import, with what configures it;
 * or every file, as for a gate that executes code, which may read any.
 */
export type Surroundings = "nothing" | "imports" | "everything";

/** What the digests of a result were made of, besides component and policy: enough to make them again without the gate. */
export interface Basis {
  readonly configFiles: readonly string[];
  readonly around: Surroundings;
  readonly environment: GateEnvironment;
}

const kinds: ReadonlySet<string> = new Set<keyof GateEnvironment>([
  "tools",
  "python",
  "files",
  "listed",
  "variables",
  "values",
]);

/**
 * What a gate said of its environment, if it can be looked at. A plugin written in JavaScript may return anything, and
 * what nobody looks at would not count.
 * @throws {TypeError} when it is something else
 */
export function checkGateEnvironment(value: unknown): GateEnvironment {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("its environment is no object");
  const unknown = Object.keys(value).find((key) => !kinds.has(key));
  if (unknown !== undefined) throw new TypeError(`its environment has the unknown key ${unknown}`);
  return value;
}
