import { posix } from "node:path";
import type { Assignment, Component, Violation } from "@towpath/core";

/** Where an agent may write in one round. */
export interface Bounds {
  readonly source: readonly string[];
  readonly tests: readonly string[];
  readonly spec?: string;
  readonly readOnly: ReadonlySet<string>;
  readonly open: ReadonlySet<string>;
  /** All files of the repository as they were before the round. */
  readonly existing: ReadonlySet<string>;
}

/** Why something is refused. */
export type Refusal = Pick<Violation, "rule" | "detail">;

/**
 * What configures tests, tools, builds, CI or Towpath, wherever it lies; base names in lower case. Names with a dot in
 * front are all of them: what makes tools overlook files is called so (`.ignore`, `.semgrepignore`).
 */
const configuration =
  /^(?:conftest\.py|pytest\.(?:ini|toml)|pyproject\.toml|setup\.(?:cfg|py)|tox\.(?:ini|toml)|noxfile\.py|ruff\.toml|pyrightconfig\.json|mypy\.ini|pylintrc(?:\.toml)?|jenkinsfile|azure-pipelines\.ya?ml|towpath\.config\..+|package\.json|.*baseline.*\.(?:json|ya?ml|toml)|.*\.baseline|.*\.pth|(?:site|user)customize\.py|radon\.cfg|bandit\.ya?ml|\.(?!(?:git)?keep$).*)$/;
const configurationFolders = /^(?:\.git|\.github|\.gitlab|\.circleci|\.buildkite|\.towpath)$/;
/** What would be imported in place of the tools that test. */
const testTools =
  /^(?:pytest|_pytest|pluggy|pytest_bdd|pytest_cov|pytest_asyncio|coverage|hypothesis|unittest)$/;
const testFile = /^(?:test_.*|.*_test)\.py$/;

/** What an assignment and the repository say about writing. */
export function boundsOf(
  { readOnly, open }: Pick<Assignment, "readOnly" | "open">,
  { source, tests, spec }: Component,
  existing: Iterable<string>,
): Bounds {
  const tidy = (paths: readonly string[]): string[] => paths.map(tidied);
  return {
    source: tidy(source),
    tests: tidy(tests),
    ...(spec === undefined ? {} : { spec: tidied(spec) }),
    readOnly: new Set(tidy(readOnly)),
    open: new Set(tidy(open)),
    existing: new Set(existing),
  };
}

/**
 * Why a file may be neither written nor deleted, or nothing when it may.
 * @param path POSIX path relative to the repository root, normalised
 * @example refusalOf("conftest.py", bounds)?.rule // "configuration"
 */
export function refusalOf(path: string, bounds: Bounds): Refusal | undefined {
  const { source, tests, spec, readOnly, open, existing } = bounds;
  const lower = path.toLowerCase();
  if (path === spec)
    return { rule: "specification", detail: "the specification is not the agent's to change" };
  const folders = lower.split("/").slice(0, -1);
  if (configuration.test(posix.basename(lower)) || folders.some((name) => configurationFolders.test(name)))
    return { rule: "configuration", detail: "it configures tests, tools, CI or Towpath" };
  if (readOnly.has(path)) return { rule: "read-only", detail: "it was generated, or is kept as it is" };
  if (open.has(path)) return undefined;
  if (isBelow(path, tests)) {
    if (existing.has(path)) return { rule: "read-only", detail: "it is an existing test" };
    return shadowOfTest(path, source);
  }
  if (!isBelow(path, source)) return { rule: "outside", detail: "it lies outside of the component's paths" };
  if (!existing.has(path)) return shadowOfSource(path, bounds);
  if (testFile.test(posix.basename(path))) return { rule: "read-only", detail: "it is an existing test" };
  return undefined;
}

/** New tests must not be found in place of a tool that tests, or of what they test. */
function shadowOfTest(path: string, source: readonly string[]): Refusal | undefined {
  const parts = path.replace(/\.pyi?$/, "").split("/");
  if (parts.join("/") === path) return undefined;
  const module = parts.at(-1) === "__init__" ? (parts.at(-2) ?? "") : (parts.at(-1) ?? "");
  const tested = source.map((one) => posix.basename(one).replace(/\.py$/, ""));
  const taken = parts.find((name) => testTools.test(name)) ?? (tested.includes(module) ? module : undefined);
  return taken === undefined ? undefined : shadows(taken);
}

/** The same in a source folder that is no package: what lies in it may be imported by its bare name. */
function shadowOfSource(path: string, { source, existing }: Bounds): Refusal | undefined {
  for (const one of source.filter((folder) => isBelow(path, [folder]))) {
    const inner = one === "." ? path : path.slice(one.length + 1);
    const prefix = one === "." ? "" : `${one}/`;
    const name = inner.split("/")[0]?.replace(/\.pyi?$/, "") ?? "";
    if (testTools.test(name) && !existing.has(`${prefix}__init__.py`)) return shadows(name);
  }
  return undefined;
}

function shadows(name: string): Refusal {
  return { rule: "shadow", detail: `it could be imported in place of ${name}` };
}

/** Whether a path is one of the paths or lies below one. */
export function isBelow(path: string, paths: readonly string[]): boolean {
  return paths.some((one) => one === "." || path === one || path.startsWith(`${one}/`));
}

function tidied(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}
