import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Violation } from "@towpath/core";
import { mapBounded } from "@towpath/kit";

/** Every file of a Python environment, by its path in it, with what tells whether somebody touched it. */
export type EnvironmentState = ReadonlyMap<string, string>;

/**
 * What a Python environment holds, compiled code left out. No file is read: the time of a file's last change of any kind
 * cannot be set back by whoever changes it.
 */
export async function environmentState(folder: string): Promise<EnvironmentState> {
  const found = new Map<string, string>();
  const queue = [""];
  for (let inner = queue.pop(); inner !== undefined; inner = queue.pop()) {
    const entries = await readdir(join(folder, inner), { withFileTypes: true });
    const files: string[] = [];
    for (const entry of entries) {
      const path = inner === "" ? entry.name : `${inner}/${entry.name}`;
      if (!entry.isDirectory()) files.push(path);
      else if (entry.name !== "__pycache__") queue.push(path);
    }
    const stats = await mapBounded(files, 16, (path) => lstat(join(folder, path), { bigint: true }));
    for (const [index, path] of files.entries()) {
      const { ino, size, ctimeNs } = stats[index] ?? {};
      found.set(path, `${ino} ${size} ${ctimeNs}`);
    }
  }
  return found;
}

/**
 * The violation that a changed environment is; nothing when it is as it was. Nothing is put back: there is no copy of it.
 * @param name of the environment's folder, relative to the repository
 */
export function changedEnvironment(
  before: EnvironmentState,
  after: EnvironmentState,
  name: string,
): readonly Violation[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const changed = paths.filter((path) => before.get(path) !== after.get(path)).toSorted();
  const [first] = changed;
  if (first === undefined) return [];
  const more = changed.length > 1 ? `, and ${changed.length - 1} more of its files` : "";
  const detail = `the Python environment was changed while the agent worked${more}; it is not put back: make it anew`;
  return [{ rule: "environment", path: `${name}/${first}`, detail }];
}
