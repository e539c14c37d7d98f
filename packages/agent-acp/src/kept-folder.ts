import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { GateContext } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";

/** A folder in which something is kept. */
export interface KeptFolder {
  /** POSIX path relative to the repository root, for messages. */
  readonly name: string;
  readonly path: string;
}

/**
 * Makes a folder below `.towpath/kept` for what must outlive the run, whose outputs are removed at its end.
 * @returns its path, relative to the repository root and absolute
 * @throws {TowpathError} TP1005 when `.towpath` leads out of the repository; what the file system throws
 */
export async function makeKeptFolder(ctx: Pick<GateContext, "workspace" | "now">): Promise<KeptFolder> {
  const { root } = ctx.workspace;
  const time = new Date(ctx.now()).toISOString().replaceAll(/[:.]/g, "-");
  const name = toRepoPath(root, `.towpath/kept/${time}-${randomUUID().slice(0, 8)}`);
  const path = join(root, name);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return { name, path };
}
