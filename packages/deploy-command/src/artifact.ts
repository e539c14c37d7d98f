import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Breakage, type Release } from "@towpath/core";

/** An artifact of this size or less may be a text that names an image. In bytes. */
const shortText = 1_024;

/** Absolute path of a release's artifact. */
export function artifactPath(root: string, release: Release): string {
  return join(root, release.file);
}

/**
 * The text of a short artifact, or `undefined` for a larger one and where there is none, as in another checkout.
 * @throws {Breakage} `environment` when it cannot be read
 */
export async function artifactText(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, "r");
    try {
      if ((await file.stat()).size > shortText) return undefined;
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw unreadable(path, cause);
  }
}

/**
 * Makes sure that an artifact is the one that was measured.
 * @throws {Breakage} `mismatch` when it is another, `environment` when it cannot be read
 */
export async function checkArtifact(path: string, digest: string): Promise<void> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const found = hash.digest("hex");
  if (found === digest) return;
  throw new Breakage("mismatch", {
    message: `${path} has the digest ${found.slice(0, 12)}, not ${digest.slice(0, 12)}`,
    why: "Only what was measured is deployed.",
    fix: [`rm ${path}`, "towpath run"],
  });
}

function unreadable(path: string, cause: unknown): Breakage {
  return new Breakage("environment", { message: `${path} cannot be read`, cause });
}
