import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TowpathError } from "@towpath/core";
import { networkFileSystem } from "./network-file-system.ts";
import { storageError } from "./storage-error.ts";

/**
 * Makes `.towpath`, which git ignores, and a folder in it if one is named. They are readable by their owner only.
 * @param root absolute path of the repository
 * @returns the folder's absolute path
 * @throws {TowpathError} TP1005 when something else stands in its place, TP6102 when it cannot be made or lies on a
 * network file system
 */
export function makeStateFolder(root: string, ...below: readonly string[]): string {
  const top = join(root, ".towpath");
  const folder = join(top, ...below);
  try {
    for (const path of new Set([top, folder])) {
      if (isOwn(path, "folder")) continue;
      makeFolder(path);
      isOwn(path, "folder");
      syncFolder(join(path, ".."));
    }
    makeFile(join(top, ".gitignore"), "*\n");
  } catch (cause) {
    throw storageError(cause, folder);
  }
  refuseNetwork(folder);
  return folder;
}

/**
 * Whether a file or folder of ours exists.
 * @throws {TowpathError} TP1005 when something else, a symbolic link for one, stands in its place
 */
export function isOwn(path: string, kind: "file" | "folder"): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (kind === "file" ? found.isFile() : found.isDirectory()) return true;
  throw new TowpathError("TP1005", { message: `${path} is not a ${kind} of its own`, where: [path] });
}

/**
 * Makes a file that only its owner can read, unless there is one. An existing file is not even opened: this process
 * may hold a lock on it, which POSIX would drop when any descriptor of the file is closed.
 */
export function makeFile(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!exists(error)) throw error;
  }
}

/** Makes the names in a folder survive a loss of power. */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!exists(error)) throw error;
  }
}

function exists(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

/** @throws {TowpathError} TP6102 */
function refuseNetwork(path: string): void {
  const name = process.platform === "linux" ? networkFileSystem(statfsSync(path).type) : undefined;
  if (name === undefined) return;
  throw new TowpathError("TP6102", {
    message: `${path} lies on a file system of the network (${name})`,
    why: "Locks do not hold there, so two processes could write at once and both be lost.",
    fix: ["Keep the repository on a local disk."],
    where: [path],
  });
}
