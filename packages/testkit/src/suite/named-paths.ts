import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { ExecRequest } from "@towpath/core";

/**
 * The paths below a run's folder for outputs that a request names, in its arguments, its working directory and its
 * variables: there the process may write. They differ between two runs, but not their order, so that recordings
 * call them by number.
 */
export function namedPaths({ args, cwd = "", env = {} }: ExecRequest, outDir: string): readonly string[] {
  const variables = Object.keys(env)
    .toSorted()
    .map((name) => env[name] ?? "");
  const found = [...args, cwd, ...variables].flatMap((text) =>
    text
      .split(outDir)
      .slice(1)
      .map((rest) => outDir + (/^[^\s"'=:,;]*/.exec(rest)?.[0] ?? "")),
  );
  return [...new Set(found)];
}

/** Puts numbered marks in place of named paths. */
export function mark(text: string, paths: readonly string[]): string {
  let marked = text;
  for (const path of longestFirst(paths)) marked = marked.replaceAll(path, `\0${paths.indexOf(path)}\0`);
  return marked;
}

/** Puts named paths in place of their marks. */
export function unmark(text: string, paths: readonly string[]): string {
  // oxlint-disable-next-line no-control-regex -- the marks hold NULs, which no report has
  return text.replaceAll(/\0(\d+)\0/g, (whole, number: string) => paths[Number(number)] ?? whole);
}

/**
 * All files at and below named paths: contents by `<number>` or `<number>/<path below>`. A file that is named itself and
 * lies in a named folder, such as the working directory, is listed once, so that it can be taken away.
 */
export async function namedFiles(paths: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const listed = new Set<string>();
  for (const path of longestFirst(paths)) {
    const number = paths.indexOf(path);
    for (const file of await filesAt(path)) {
      if (listed.has(file)) continue;
      listed.add(file);
      const below = relative(path, file).split(sep).join("/");
      // A file may go while its folder is read: other processes of the gate run at the same time.
      const content = await readFile(file).catch(() => undefined);
      if (content !== undefined) files.set(below === "" ? `${number}` : `${number}/${below}`, content);
    }
  }
  return files;
}

/** Where a file of a recording belongs in this run. */
export function placeOf(name: string, paths: readonly string[]): string | undefined {
  const [number = "", ...below] = name.split("/");
  const path = paths[Number(number)];
  return path === undefined ? undefined : join(path, ...below);
}

async function filesAt(path: string): Promise<readonly string[]> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return [];
  if (stats.isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function longestFirst(paths: readonly string[]): readonly string[] {
  return paths.toSorted((a, b) => b.length - a.length);
}
