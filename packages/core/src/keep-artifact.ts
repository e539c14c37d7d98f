import { createHash } from "node:crypto";
import { copyFile, mkdir, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { Breakage } from "./breakage.ts";
import type { Release } from "./release.ts";

/**
 * Keeps a built file under the digest of its contents, below `.towpath/artifacts`.
 * @param root absolute repository root
 * @param outDir absolute folder in which the file must lie
 * @throws {Breakage} `mismatch` when it lies elsewhere
 */
export async function keepArtifact(
  root: string,
  outDir: string,
  file: string,
): Promise<Pick<Release, "digest" | "file">> {
  const real = await realpath(file);
  const inside = relative(await realpath(outDir), real);
  if (inside.startsWith("..") || inside === "")
    throw new Breakage("mismatch", { message: `the builder answered with ${file}, which it did not make` });
  const digest = createHash("sha256")
    .update(await readFile(real))
    .digest("hex");
  const kept = join(root, ".towpath", "artifacts", digest, basename(real));
  await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
  const temporary = `${kept}.tmp`;
  try {
    await copyFile(real, temporary);
    const handle = await open(temporary, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, kept);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return { digest, file: relative(root, kept).split(sep).join("/") };
}
