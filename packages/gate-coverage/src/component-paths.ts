import { dirname } from "node:path/posix";

/** Whether a path is one of `paths` or lies below one. All POSIX and relative to the same folder. */
export function liesBelow(path: string, paths: readonly string[]): boolean {
  return paths.map(clean).some((above) => above === "." || path === above || path.startsWith(`${above}/`));
}

/**
 * Paths without repetitions and without those that lie below another: pytest would collect them twice.
 * @example outermost(["tests", "tests/unit", "e2e"]) // ["tests", "e2e"]
 */
export function outermost(paths: readonly string[]): readonly string[] {
  const unique = [...new Set(paths.map(clean))];
  return unique.filter(
    (path) =>
      !liesBelow(
        path,
        unique.filter((other) => other !== path),
      ),
  );
}

/**
 * The folders that coverage.py must watch for the source. It takes folders alone: for a file its folder is watched,
 * and what does not belong to the component is left out of the figure later.
 * @example sourceDirs(["src/foo", "src/bar.py"]) // ["src"]
 */
export function sourceDirs(source: readonly string[]): readonly string[] {
  return outermost(source.map((path) => (path.endsWith(".py") ? dirname(path) : path)));
}

function clean(path: string): string {
  return path.replace(/^(\.\/)+/, "").replace(/\/+$/, "") || ".";
}
