import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { GateContext } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";

/**
 * Makes a folder below `.towpath/kept` for what must outlive the run, whose outputs are removed at its end.
 * @returns its absolute path
 * @throws {TowpathError} TP1005 when `.towpath` leads out of the repository; what the file system throws
 */
export async function makeKeptFolder(ctx: Pick<GateContext, "workspace" | "now">): Promise<string> {
  const { root } = ctx.workspace;
  const time = new Date(ctx.now()).toISOString().replaceAll(/[:.]/g, "-");
  const folder = join(root, toRepoPath(root, `.towpath/kept/${time}-${randomUUID().slice(0, 8)}`));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
