import type { SpecDoc } from "@towpath/core";
import { constants } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { isTowpathError } from "@towpath/core";
import { sanitize, toRepoPath } from "@towpath/kit";
import { parseOnce } from "./parse-once.ts";
import { refuseSpec } from "./refuse-spec.ts";

/** Largest specification that is read, in bytes. */
export const maxSpecBytes: number = 1024 * 1024;

/**
 * Reads the specification of a component. Its size is asked before anything is read, and never more is read.
 * @param root absolute path of the repository
 * @param path of the file, absolute or relative to `root`
 * @throws {Breakage} `no-input` (TP1101) when the file is missing, outside the repository, no regular file, unreadable,
 *   larger than 1 MiB, not UTF-8 text, too costly to read, empty, or only says that the document has moved
 * @example const { requirements } = await readSpec("/repo", "specs/shelf.md");
 */
export async function readSpec(root: string, path: string): Promise<SpecDoc> {
  const file = confined(root, path);
  const doc = await parseOnce(decode(await readBytes(join(root, file), file), file), file);
  const empty = doc.sections.length === 0 && doc.prose.length === 0 && doc.apiBlocks.length === 0;
  if (empty) throw refuseSpec(file, "it says nothing");
  if (isMoved(doc))
    throw refuseSpec(file, "it only says that the document has moved; give the path of the document itself");
  return doc;
}

function confined(root: string, path: string): string {
  try {
    return toRepoPath(root, path);
  } catch (cause) {
    throw isTowpathError(cause) ? refuseSpec(path, "it lies outside the repository", cause) : cause;
  }
}

async function readBytes(path: string, file: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    // Asked before opening, because opening a named pipe can block.
    const stats = await stat(path);
    if (!stats.isFile()) throw refuseSpec(file, "it is not a regular file");
    if (stats.size > maxSpecBytes) throw tooLarge(file, stats.size);
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readAtMost(handle, file);
  } catch (cause) {
    const reason = errno(cause);
    throw reason === undefined ? cause : refuseSpec(file, reason, cause);
  } finally {
    await handle?.close();
  }
}

/** The file may have grown, or become another one, since it was asked. */
async function readAtMost(handle: FileHandle, file: string): Promise<Uint8Array> {
  const buffer = new Uint8Array(maxSpecBytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  throw tooLarge(file, length);
}

function decode(bytes: Uint8Array, file: string): string {
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw refuseSpec(file, `it is binary: byte ${nul} is NUL`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuseSpec(file, "it is not valid UTF-8", cause);
  }
}

function tooLarge(file: string, bytes: number): Error {
  return refuseSpec(file, `it has at least ${bytes} bytes, and at most ${maxSpecBytes} (1 MiB) are read`);
}

function errno(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return "it does not exist";
  if (error.code === "EACCES" || error.code === "EPERM") return "reading it is not permitted";
  return `it cannot be read: ${sanitize(error.code)}`;
}

/** A stub that points elsewhere, with hardly anything besides. */
function isMoved({ requirements, sections, prose }: SpecDoc): boolean {
  const short = requirements.length === 0 && sections.length <= 2 && prose.length <= 12;
  return short && prose.some(({ text }) => /\b(?:has (?:been )?moved|moved to|relocated)\b/i.test(text));
}
