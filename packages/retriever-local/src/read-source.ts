import { Buffer, isAscii, isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";

/** Why a file was not read. */
export type SkipReason = "link" | "too large" | "binary" | "not UTF-8" | "unreadable" | "gone";

/** What tells whether a file is as it was, without reading it. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  /** Whether it was changed so shortly before it was read that a later change may bear the same time. */
  readonly fresh: boolean;
}

/** A file that was read, or not. The bytes are valid until the next one is read. */
export type Reading =
  | { readonly bytes: Buffer; readonly sha256: string; readonly stamp: Stamp }
  | { readonly skipped: SkipReason };

/** A larger file is not read. */
const mostBytes = 1024 * 1024;
/** Within so long before a look, a time of change proves nothing: some file systems count in steps of two seconds. */
const unsureMs = 2_000;
/** Neither a link in the file's place is followed, nor does a pipe there hold us; Windows has neither flag. */
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const room = Buffer.allocUnsafeSlow(mostBytes);

/**
 * Reads a file that may be anything. What is no text of a sane size is skipped with the reason.
 * @param path absolute
 * @param now epoch milliseconds
 */
export function readSource(path: string, now: number): Reading {
  try {
    const file = openSync(path, flags);
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) return { skipped: "unreadable" };
      if (stats.size > mostBytes) return { skipped: "too large" };
      const bytes = room.subarray(0, fill(file, stats.size));
      if (bytes.includes(0)) return { skipped: "binary" };
      if (!isAscii(bytes) && !isUtf8(bytes)) return { skipped: "not UTF-8" };
      const sha256 = hash("sha256", bytes, "hex");
      return { bytes, sha256, stamp: stampOf(stats, now) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { skipped: reasonOf(error) };
  }
}

/** The stamp of a file as `stats` show it at `now`. */
export function stampOf(stats: Stats, now: number): Stamp {
  const { size, mtimeMs, ctimeMs, ino } = stats;
  return { size, mtimeMs, ctimeMs, ino, fresh: Math.max(mtimeMs, ctimeMs) > now - unsureMs };
}

/** Whether a file with these stamps was surely not changed in between. */
export function isSame(then: Stamp, now: Stamp): boolean {
  return (
    !then.fresh &&
    then.size === now.size &&
    then.mtimeMs === now.mtimeMs &&
    then.ctimeMs === now.ctimeMs &&
    then.ino === now.ino
  );
}

/** Reads as many bytes as a file had when it was looked at, or what there is by now. @returns how many */
function fill(file: number, size: number): number {
  let length = 0;
  while (length < size) {
    const got = readSync(file, room, length, size - length, length);
    if (got === 0) break;
    length += got;
  }
  return length;
}

function reasonOf(error: unknown): SkipReason {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ELOOP" || code === "EMLINK") return "link";
  return code === "ENOENT" || code === "ENOTDIR" ? "gone" : "unreadable";
}
