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

/** What configures tests, tools, builds, CI or Towpath, wherever it lies; base names in lower case. */
const configuration =
  /^(?:conftest\.py|\.?pytest\.(?:ini|toml)|pyproject\.toml|setup\.(?:cfg|py)|tox\.(?:ini|toml)|noxfile\.py|\.coveragerc(?:\.toml)?|\.?ruff\.toml|pyrightconfig\.json|\.?mypy\.ini|\.bandit|\.flake8|\.?pylintrc(?:\.toml)?|\.pre-commit-config\.ya?ml|\.gitlab-ci\.ya?ml|jenkinsfile|azure-pipelines\.ya?ml|\.git(?:ignore|attributes|modules)|\.env|towpath\.config\..+|package\.json|.*baseline.*\.(?:json|ya?ml|toml)|.*\.baseline|.*\.pth|(?:site|user)customize\.py)$/;
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
    return shadow(path, source);
  }
  if (!isBelow(path, source)) return { rule: "outside", detail: "it lies outside of the component's paths" };
  if (!existing.has(path)) return shadow(path, []);
  if (testFile.test(posix.basename(path))) return { rule: "read-only", detail: "it is an existing test" };
  return undefined;
}

/** A new module must not be found in place of one that tests or is tested. */
function shadow(path: string, source: readonly string[]): Refusal | undefined {
  if (!/\.pyi?$/.test(path)) return undefined;
  const file = posix.basename(path).replace(/\.pyi?$/, "");
  const names = [file, ...posix.dirname(path).split("/").slice(-1)];
  const tested = source.map((one) => posix.basename(one).replace(/\.py$/, ""));
  const taken = names.find((name) => testTools.test(name)) ?? (tested.includes(file) ? file : undefined);
  if (taken === undefined) return undefined;
  return { rule: "shadow", detail: `it could be imported in place of ${taken}` };
}

/** Whether a path is one of the paths or lies below one. */
export function isBelow(path: string, paths: readonly string[]): boolean {
  return paths.some((one) => one === "." || path === one || path.startsWith(`${one}/`));
}

function tidied(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}
