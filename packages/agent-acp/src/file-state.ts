import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readlink } from "node:fs/promises";
import { join } from "node:path";

/** What stands at a path. Two equal states are the same file to version control. */
export type FileState =
  | {
      readonly kind: "file";
      readonly digest: string;
      readonly size: number;
      readonly executable: boolean;
      readonly mode: number;
    }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "other" };

/** A larger file is read piece by piece, and its bytes are not kept. */
export const largestAtOnce: number = 1024 * 1024;

/** A file's state, and its bytes where they are few enough. */
export interface ReadFile {
  readonly state: FileState & { readonly kind: "file" };
  /** Absent when there are more than 1 MiB. */
  readonly bytes?: Buffer;
}

/**
 * What stands at a path below a folder; nothing when nothing does. A link is not followed.
 * @param before what it is compared with, as for `readWhole`
 */
export async function stateOf(
  folder: string,
  path: string,
  before?: FileState,
): Promise<FileState | undefined> {
  const full = join(folder, path);
  try {
    const stats = await lstat(full);
    if (stats.isSymbolicLink()) return { kind: "link", target: await readlink(full) };
    if (!stats.isFile()) return { kind: "other" };
    return (await readWhole(full, before)).state;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * Reads a regular file once, so that the digest is that of the bytes. Neither a link nor a pipe in its place holds it up,
 * nor does a hole of terabytes: a large file of another size than before is another file, whatever its digest.
 * @param before what it is compared with; without it, every file is read to its end
 * @throws what the file system throws: `ELOOP` for a link, `EINVAL` for what is no file
 */
export async function readWhole(path: string, before?: FileState): Promise<ReadFile> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw Object.assign(new Error(`${path} is no file`), { code: "EINVAL" });
    const hash = createHash("sha256");
    let { size } = stats;
    let bytes: Buffer | undefined;
    if (stats.size <= largestAtOnce) {
      bytes = await file.readFile();
      size = bytes.length;
      hash.update(bytes);
    } else if (before === undefined || (before.kind === "file" && before.size === size)) {
      size = 0;
      for await (const chunk of file.createReadStream({ autoClose: false })) {
        size += chunk.length;
        hash.update(chunk);
      }
    }
    const mode = stats.mode & 0o777;
    return {
      state: { kind: "file", digest: hash.digest("hex"), size, executable: (mode & 0o111) !== 0, mode },
      ...(bytes === undefined ? {} : { bytes }),
    };
  } finally {
    await file.close();
  }
}

/** Whether two states are the same to version control: contents, and whether it can be executed. */
export function isSame(a: FileState | undefined, b: FileState | undefined): boolean {
  if (a?.kind === "file" && b?.kind === "file")
    return a.digest === b.digest && a.size === b.size && a.executable === b.executable;
  if (a?.kind === "link" && b?.kind === "link") return a.target === b.target;
  return a?.kind === b?.kind;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
