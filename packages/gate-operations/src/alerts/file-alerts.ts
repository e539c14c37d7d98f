import { open, type FileHandle } from "node:fs/promises";
import { constants } from "node:fs";
import { resolve } from "node:path";
import type { AlertSource } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";
import { linesSince, parseAlertLines, unreadable } from "./alert.ts";

/** How much of the end of the file is read, in bytes: alerts of one drill, not of years. */
const tailBytes = 1024 * 1024;

/**
 * A file of JSON lines that a monitor appends to. A file that does not exist yet holds no alert.
 * @param file relative to the repository root
 */
export function fileAlerts(file: string): AlertSource {
  return {
    name: "file",
    async alerts(ctx, since) {
      const path = resolve(ctx.root, toRepoPath(ctx.root, file));
      let handle: FileHandle;
      try {
        // A pipe must not hold up the reader before it is seen to be none.
        handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
      } catch (error) {
        if (!(error instanceof Error && "code" in error)) throw error;
        if (error.code !== "ENOENT") throw unreadable(`${file} cannot be read`, String(error.code));
        ctx.log(`${file} does not exist yet`);
        return [];
      }
      try {
        if (!(await handle.stat()).isFile()) throw unreadable(`${file} cannot be read`, "It is no file.");
        return linesSince(parseAlertLines(await wholeLines(handle), file), ctx, since);
      } finally {
        await handle.close();
      }
    },
  };
}

/** The whole lines at the end of a file. The line that is being written has no end yet. */
async function wholeLines(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat();
  const start = Math.max(0, size - tailBytes);
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(size - start), position: start });
  const text = buffer.subarray(0, bytesRead).toString("utf8");
  const first = start === 0 ? 0 : text.indexOf("\n") + 1;
  return text.slice(first, text.lastIndexOf("\n") + 1);
}
