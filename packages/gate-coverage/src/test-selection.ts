import { z } from "zod";
import { toolPath } from "@towpath/kit";
import { liesBelow, outermost } from "./component-paths.ts";

/**
 * Which tests are of a kind: those below paths, or those that a marker expression of pytest names. Paths are relative
 * to the repository root and count for each component whose tests they are part of.
 * @example { paths: ["tests/integration"] }
 * @example { marker: "integration and not slow" }
 */
export type TestSelection =
  | { readonly paths: readonly string[]; readonly marker?: undefined }
  | { readonly marker: string; readonly paths?: undefined };

/** A test is of one kind: what `e2e` names, else what `integration` names, else unit. */
export type TestKind = "unit" | "integration" | "e2e";

/** The selections of the options. */
export interface TestKinds {
  readonly integration?: TestSelection | undefined;
  readonly e2e?: TestSelection | undefined;
}

/** How pytest is made to run the tests of one kind. */
export interface SelectedTests {
  /** Paths to collect, relative to the repository root; none when the component has no such tests. */
  readonly targets: readonly string[];
  /** Arguments of pytest. They come after the user's, because the last `-m` wins. */
  readonly args: readonly string[];
  /** Marker expression of tests that are left out, whatever `-m` says. */
  readonly without: string | undefined;
}

/** Schema of a selection. */
export const testSelection: z.ZodType<TestSelection, TestSelection> = z.union([
  z.strictObject({ paths: z.array(z.string().min(1)).min(1).readonly() }),
  z.strictObject({ marker: z.string().trim().min(1) }),
]);

/**
 * The tests of one kind among a component's tests.
 * @param tests the component's test paths
 * @example selectTests(["tests"], "unit", { e2e: { paths: ["tests/e2e"] } }).args // ["--ignore=./tests/e2e"]
 */
export function selectTests(tests: readonly string[], kind: TestKind, kinds: TestKinds): SelectedTests {
  const { integration, e2e } = kinds;
  const wanted = { unit: undefined, integration, e2e }[kind];
  const left = { unit: [integration, e2e], integration: [e2e], e2e: [] }[kind];
  const leftPaths = left.flatMap((selection) => selection?.paths ?? []);
  const leftMarkers = left.flatMap((selection) => selection?.marker ?? []);
  const all = outermost(tests);
  const targets = (wanted?.paths === undefined ? all : common(all, wanted.paths)).filter(
    (target) => !liesBelow(target, leftPaths),
  );
  const ignored = outermost(leftPaths).filter((path) => liesBelow(path, targets));
  return {
    targets,
    args: [
      ...ignored.map((path) => `--ignore=${toolPath(path)}`),
      ...(wanted?.marker === undefined ? [] : ["-m", wanted.marker]),
    ],
    without: leftMarkers.length === 0 ? undefined : leftMarkers.map((marker) => `(${marker})`).join(" or "),
  };
}

/** What lies below both lists of paths. */
function common(one: readonly string[], other: readonly string[]): readonly string[] {
  return outermost([
    ...outermost(other).filter((path) => liesBelow(path, one)),
    ...one.filter((path) => liesBelow(path, other)),
  ]);
}
