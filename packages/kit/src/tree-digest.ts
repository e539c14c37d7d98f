import { createHash } from "node:crypto";
import { closeSync, constants, createReadStream, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { mapBounded } from "./map-bounded.ts";

/** A larger file is read piece by piece. */
const largestAtOnce = 1024 * 1024;

/**
 * sha256 over the names of files and the sha256 of their contents, in the order of the names.
 * A file that can be executed is another one than one that cannot.
 * @param files relative to the root; one that is gone, or no regular file, counts as such
 */
export async function treeDigest(root: string, files: readonly string[]): Promise<string> {
  const names = [...new Set(files)].toSorted(byCodeUnit);
  const contents = await mapBounded(names, 16, (name) => contentDigest(join(root, name)));
  const hash = createHash("sha256");
  for (const [index, name] of names.entries()) hash.update(`${JSON.stringify([name, contents[index]])}\n`);
  return hash.digest("hex");
}

/** The order of names, the same on every machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Small files are read at once and in order: for them a trip to another thread costs more than the reading. */
async function contentDigest(path: string): Promise<string | null> {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
    // Without blocking: a named pipe in the file's place would hold us for ever.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) return null;
      const hash = createHash("sha256");
      if (stats.size <= largestAtOnce) hash.update(readFileSync(file));
      else for await (const chunk of createReadStream("", { fd: file, autoClose: false })) hash.update(chunk);
      // As version control counts it: whether it can be executed, and nothing else of its mode.
      return (stats.mode & 0o111) === 0 ? hash.digest("hex") : `${hash.digest("hex")} x`;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // ENOTDIR: what would be its folder is a file.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}
