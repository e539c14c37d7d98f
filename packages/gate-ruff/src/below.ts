/**
 * Makes a test for files that lie below paths, or are one of them. All are POSIX and relative to the root.
 * @example below(["src/foo"])("src/foo/a.py") // true
 */
export function below(paths: readonly string[]): (file: string) => boolean {
  const places = paths.map((path) => path.replaceAll(/^\.\/|\/$/g, ""));
  return (file) => places.some((place) => place === "." || file === place || file.startsWith(`${place}/`));
}
