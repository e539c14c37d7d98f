import { chmod, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TowpathError } from "@towpath/core";
import { toRepoPath, writeAtomic } from "@towpath/kit";
import type { AgentFile } from "./agent-files.ts";

/** How a file differs from what it should be. */
export interface AgentFileState extends Pick<AgentFile, "kind" | "path"> {
  readonly state: "same" | "missing" | "differs";
}

/** A look at a file: how it is, and what it should hold. */
interface Look {
  readonly state: AgentFileState["state"];
  readonly wanted: Buffer;
}

/**
 * How the files are.
 * @param root absolute real path of the project's folder
 * @throws {TowpathError} TP1005 for a link that leads out of it; TP6402 for a file that cannot be updated or read
 */
export function agentFileStates(
  root: string,
  files: readonly AgentFile[],
): Promise<readonly AgentFileState[]> {
  return Promise.all(
    files.map(async (file) => ({ kind: file.kind, path: file.path, state: (await look(root, file)).state })),
  );
}

/**
 * Writes the files that differ. All of them are looked at first, so that one that cannot be updated leaves all as they
 * were.
 * @returns how they were
 * @throws as `agentFileStates`; TP6002 when one cannot be written
 */
export async function writeAgentFiles(
  root: string,
  files: readonly AgentFile[],
): Promise<readonly AgentFileState[]> {
  const before = await agentFileStates(root, files);
  // Anew, one after the other: two names may be the same file.
  for (const file of files) {
    const { state, wanted } = await look(root, file);
    if (state !== "same") await write(root, file.path, wanted);
  }
  return before;
}

async function look(root: string, { path, update }: AgentFile): Promise<Look> {
  toRepoPath(root, path);
  const now = await readOrNothing(join(root, path), path);
  const wanted = update(now ?? Buffer.alloc(0));
  if (now === undefined) return { state: "missing", wanted };
  return { state: now.equals(wanted) ? "same" : "differs", wanted };
}

async function readOrNothing(file: string, shown: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TowpathError("TP6402", { message: `${shown} cannot be read: ${why}`, where: [shown], cause });
  }
}

/** Into the file that a link leads to, with the rights that it had. */
async function write(root: string, path: string, data: Buffer): Promise<void> {
  const named = join(root, path);
  try {
    await mkdir(dirname(named), { recursive: true });
    const file = await realpath(named).catch((error: unknown) => {
      if (isMissing(error)) return named;
      throw error;
    });
    const mode = (await stat(file).catch(() => undefined))?.mode ?? 0o644;
    await writeAtomic(file, data);
    await chmod(file, mode & 0o777);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TowpathError("TP6002", { message: `${path} cannot be written: ${why}`, where: [path], cause });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
