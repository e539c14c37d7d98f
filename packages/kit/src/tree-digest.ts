import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { mapBounded } from "./map-bounded.ts";

/** A larger file is read piece by piece. */
const largestAtOnce = 8 * 1024 * 1024;

/**
 * sha256 over the names of files and the sha256 of their contents, in the order of the names.
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

async function contentDigest(path: string): Promise<string | null> {
  try {
    // Without blocking: a named pipe in the file's place would hold us for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) return null;
      const hash = createHash("sha256");
      if (stats.size <= largestAtOnce) hash.update(await file.readFile());
      else for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk);
      return hash.digest("hex");
    } finally {
      await file.close();
    }
  } catch (error) {
    // ENOTDIR: what would be its folder is a file.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}
