import { constants, lstatSync } from "node:fs";
import { lstat, mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { TowpathError } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";

/** Where sessions of other tools lie, and ours where there are none. */
const foreignFolder = ".augment/context/sessions";
const ownFolder = ".towpath/sessions";

/** Largest file that is read, in bytes. */
const maxBytes = 16 * 1024 * 1024;

/** A folder below the repository, whose files may be read and written. */
export interface Folder {
  /** Relative to the repository root, with `/`, for messages. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * The folder of the sessions; it need not exist.
 * @param root absolute path of the repository
 * @throws {TowpathError} TP1005 when it lies outside of the repository, links followed
 */
export function sessionFolder(root: string, folder?: string): Folder {
  return folderAt(root, folder ?? (isFolder(join(root, foreignFolder)) ? foreignFolder : ownFolder));
}

/** A folder of the repository. @throws {TowpathError} TP1005 when it lies outside of it, links followed */
export function folderAt(root: string, folder: string): Folder {
  const name = toRepoPath(root, folder);
  return { name, path: join(root, name) };
}

/** Where sessions of a folder are put aside. @throws {TowpathError} TP1005 when a link stands in its place */
export function archiveOf({ name, path }: Folder): Folder {
  const archive = { name: `${name}/archive`, path: join(path, "archive") };
  const found = lstatSync(archive.path, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) return archive;
  throw new TowpathError("TP1005", {
    message: `${archive.name} is not a folder of its own`,
    where: [archive.name],
  });
}

/** Makes a folder, unless there is one. */
export async function makeFolder({ path }: Folder): Promise<void> {
  await mkdir(path, { recursive: true });
}

/** Names of what lies in a folder, sorted; none where there is no folder. */
export async function namesIn({ path }: Folder): Promise<readonly string[]> {
  try {
    return (await readdir(path)).toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether something lies there, whatever it is. */
export async function exists({ path }: Folder, name: string): Promise<boolean> {
  try {
    await lstat(join(path, name));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Reads a file of a folder.
 * @returns its text, or undefined where there is none
 * @throws {TowpathError} TP6202 when it is a link or no regular file, too large, not UTF-8, or cannot be read
 */
export async function readIn(folder: Folder, name: string): Promise<string | undefined> {
  const file = `${folder.name}/${name}`;
  try {
    // A link is not followed, and a pipe not waited for.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(join(folder.path, name), flags);
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw unusable(file, "it is no regular file");
      if (found.size > maxBytes)
        throw unusable(file, `it has ${found.size} bytes, and at most ${maxBytes} are read`);
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ELOOP") throw unusable(file, "it is a symbolic link", cause);
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw unusable(file, "it is not UTF-8 text", cause);
    if (typeof code === "string") throw unusable(file, `it cannot be read (${code})`, cause);
    throw cause;
  }
}

function unusable(file: string, reason: string, cause?: unknown): TowpathError {
  return new TowpathError("TP6202", { message: `${file} cannot be used: ${reason}`, where: [file], cause });
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
