import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import type { Stamp } from "./read-source.ts";

/** A file of the tree with what was found in it. */
export interface Entry {
  /** POSIX path relative to the repository root. */
  readonly path: string;
  readonly sha256: string;
  readonly stamp: Stamp;
  /** Rows, as `textOf` writes them. */
  readonly rows: Buffer;
}

/** Raise the number whenever a scan finds something else than before in the same bytes. */
const kind = "towpath retriever-local 1";

/**
 * Reads an index that was kept. One that is missing, damaged, of another version or of something else is no index.
 * @param path absolute
 */
export function readIndexFile(path: string): readonly Entry[] | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    return undefined;
  }
  const headEnd = file.indexOf(10);
  const [name, sum, tableLength, ...more] = file
    .toString("latin1", 0, Math.min(Math.max(headEnd, 0), 200))
    .split("\t");
  const body = file.subarray(headEnd + 1);
  const length = Number(tableLength);
  if (name !== kind || more.length > 0 || sum !== String(crc32(body)) || !(length <= body.length))
    return undefined;
  // The sum is right, so the table is as it was written here; damage on purpose is out of its reach.
  const table: unknown = parse(body.toString("utf8", 0, length));
  return Array.isArray(table) ? entriesOf(table, body.subarray(length)) : undefined;
}

/**
 * Keeps an index: readers see the old or the new one, and the last of several writers wins. It is not waited for until
 * it is on the disk: what a power failure leaves of it has another sum, and is then no index.
 * @param path absolute; its folder is made
 * @throws what the file system throws; nothing is left behind then
 */
export function writeIndexFile(path: string, entries: readonly Entry[]): void {
  const table = JSON.stringify(
    entries.map(({ path: name, sha256, stamp, rows }) => [
      name,
      sha256,
      stamp.size,
      stamp.mtimeMs,
      stamp.ctimeMs,
      stamp.ino,
      Number(stamp.fresh),
      rows.length,
    ]),
  );
  const body = Buffer.concat([Buffer.from(table), ...entries.map(({ rows }) => rows)]);
  const head = Buffer.from(`${kind}\t${crc32(body)}\t${Buffer.byteLength(table)}\n`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    writeFileSync(temporary, Buffer.concat([head, body]), { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function entriesOf(table: readonly unknown[], rows: Buffer): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  let at = 0;
  for (const line of table) {
    if (!Array.isArray(line)) return undefined;
    const [path, sha256, size, mtimeMs, ctimeMs, ino, fresh, length] = line as readonly unknown[];
    if (typeof path !== "string" || typeof sha256 !== "string" || typeof length !== "number")
      return undefined;
    const stamp = {
      size: Number(size),
      mtimeMs: Number(mtimeMs),
      ctimeMs: Number(ctimeMs),
      ino: Number(ino),
      fresh: fresh !== 0,
    };
    entries.push({ path, sha256, stamp, rows: rows.subarray(at, at + length) });
    at += length;
  }
  return at === rows.length ? entries : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
