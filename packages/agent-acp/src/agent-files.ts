import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RequestError } from "@agentclientprotocol/sdk";
import type {
  ReadTextFileRequest,
  ReadTextFileResponse,
  WriteTextFileRequest,
} from "@agentclientprotocol/sdk";
import { excerpt, toRepoPath } from "@towpath/kit";
import { readWhole } from "./file-state.ts";
import { type Bounds, refusalOf } from "./write-policy.ts";

/** The working copy as an agent reads and writes it through the protocol. */
export interface AgentFiles {
  /** Whether a path, absolute or relative to the copy, is one that the agent may write. */
  mayWrite(path: string): boolean;
  read(request: ReadTextFileRequest): Promise<ReadTextFileResponse>;
  write(request: WriteTextFileRequest): Promise<void>;
  /** Waits for writes that are under way; later ones are refused. */
  close(): Promise<void>;
}

/** @param folder absolute real path of the working copy */
export function createAgentFiles(folder: string, bounds: Bounds, log: (line: string) => void): AgentFiles {
  const refuse = (path: string, why: string): RequestError => {
    log(`the agent was refused ${excerpt(path, 200)}: ${why}`);
    return RequestError.invalidParams({ path }, why);
  };
  const inside = (path: string): string => {
    try {
      return toRepoPath(folder, path);
    } catch {
      throw refuse(path, "it lies outside of the working folder");
    }
  };
  const underWay = new Set<Promise<void>>();
  let closed = false;
  const writeInto = async ({ path, content }: WriteTextFileRequest): Promise<void> => {
    const name = inside(path);
    const refusal = refusalOf(name, bounds);
    if (refusal !== undefined) throw refuse(path, refusal.detail);
    const target = join(folder, name);
    await mkdir(dirname(target), { recursive: true });
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
    const file = await open(target, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  };
  return {
    mayWrite(path) {
      try {
        return refusalOf(toRepoPath(folder, path), bounds) === undefined;
      } catch {
        return false;
      }
    },
    async read({ path, line, limit }) {
      const name = inside(path);
      const { bytes } = await readWhole(join(folder, name)).catch(() => {
        throw RequestError.resourceNotFound(path);
      });
      if (bytes === undefined) throw refuse(path, "it is larger than 1 MiB");
      const text = bytes.toString("utf8");
      if (line == null && limit == null) return { content: text };
      const lines = text.split(/(?<=\n)/);
      const start = Math.max(0, (line ?? 1) - 1);
      return { content: lines.slice(start, start + (limit ?? lines.length)).join("") };
    },
    async write(request) {
      if (closed) throw refuse(request.path, "the round is over");
      const writing = writeInto(request);
      underWay.add(writing);
      await writing.finally(() => underWay.delete(writing));
    },
    async close() {
      closed = true;
      await Promise.allSettled(underWay);
    },
  };
}
