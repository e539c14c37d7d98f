import { createHash } from "node:crypto";
import { copyFile, mkdir, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { Breakage } from "./breakage.ts";
import type { Release } from "./release.ts";

/** Whether a kept artifact is there and its bytes are those that its digest names. @param root absolute repository root */
export async function isWholeArtifact(root: string, { file, digest }: Release): Promise<boolean> {
  try {
    return sha256(await readFile(join(root, file))) === digest;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw new Breakage("environment", { message: `${file} cannot be read`, cause: error });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

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
  const digest = sha256(await readFile(real));
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
