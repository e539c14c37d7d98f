import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Breakage } from "@towpath/core";
import { sanitize } from "./text.ts";

const largestBytes = 256 * 1024 * 1024;

/**
 * Reads a report that a tool should have written.
 * @param path absolute; links are not followed
 * @param what who should have written it, for messages: `pytest`
 * @returns the text, decoded as UTF-8 with replacement characters
 * @throws {Breakage} `parse` when there is no such file, it is no regular file or larger than 256 MiB
 */
export async function readReport(path: string, what: string): Promise<string> {
  let file: FileHandle;
  try {
    // Without blocking: a named pipe in the report's place would hold us for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    throw new Breakage("parse", {
      message: `${what} wrote no report`,
      why: `${sanitize(path)} ${why(cause)}`,
      cause,
    });
  }
  try {
    const problem = problemOf(await file.stat());
    if (problem !== undefined) {
      throw new Breakage("parse", {
        message: `the report of ${what} is refused`,
        why: `${sanitize(path)} ${problem}`,
      });
    }
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

function problemOf(stats: Stats): string | undefined {
  if (!stats.isFile()) return "is no regular file";
  return stats.size > largestBytes ? `has ${stats.size} bytes; at most ${largestBytes} are read` : undefined;
}

function why(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return "does not exist";
  return code === "ELOOP" ? "is a symbolic link" : `cannot be opened: ${String(code)}`;
}
