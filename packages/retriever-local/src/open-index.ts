import { Buffer, isAscii } from "node:buffer";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Entry, readIndexFile, writeIndexFile } from "./index-file.ts";
import { mentionsIn } from "./mentions.ts";
import { isSame, readSource, stampOf, type SkipReason } from "./read-source.ts";
import { textOf } from "./rows.ts";
import { scanMarkdown } from "./scan-markdown.ts";
import { scanPython } from "./scan-python.ts";

/** What is to be indexed. */
export interface IndexRequest {
  /** Absolute path of the repository. */
  readonly root: string;
  /** POSIX paths of Python and Markdown files, relative to the root. */
  readonly files: readonly string[];
  /** Absolute path of the file in which the index is kept. @default it is not kept */
  readonly keptIn?: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Ends the work between two files. */
  readonly signal?: AbortSignal;
}

/** What the files hold, as far as they could be read. */
export interface CodeIndex {
  readonly entries: readonly Entry[];
  /** How many files were skipped, by reason. */
  readonly skipped: ReadonlyMap<SkipReason, number>;
  /** How many files were read because they may have changed. */
  readonly read: number;
  /** How many of these held something new. */
  readonly scanned: number;
  /** Why the index could not be kept for the next time. */
  readonly unkept?: unknown;
}

/** So many files are looked at before others get their turn. */
const atOnce = 256;

/**
 * Indexes files. What an earlier index knows about the same bytes is taken from there; a file whose size, times and
 * inode are as they were is not even read, unless it had been changed just before it was read then.
 * @throws the reason of the signal when it is aborted
 */
export async function openIndex(request: IndexRequest): Promise<CodeIndex> {
  const { root, files, keptIn, now, signal } = request;
  const kept = keptIn === undefined ? undefined : readIndexFile(keptIn);
  const byPath = new Map(kept?.map((entry) => [entry.path, entry]));
  let byContent: ReadonlyMap<string, Entry> | undefined;
  const entries: Entry[] = [];
  const skipped = new Map<SkipReason, number>();
  let read = 0;
  let scanned = 0;
  for (const [index, path] of files.entries()) {
    if (index % atOnce === 0) {
      signal?.throwIfAborted();
      if (index > 0) await nextTurn();
    }
    const full = join(root, path);
    const known = byPath.get(path);
    if (known !== undefined && isUnchanged(full, known)) {
      entries.push(known);
      continue;
    }
    const reading = readSource(full, now());
    if ("skipped" in reading) {
      skipped.set(reading.skipped, (skipped.get(reading.skipped) ?? 0) + 1);
      continue;
    }
    read++;
    byContent ??= new Map(kept?.map((entry) => [contentKey(entry.path, entry.sha256), entry]));
    const { sha256, stamp, bytes } = reading;
    const rows = byContent.get(contentKey(path, sha256))?.rows;
    if (rows === undefined) scanned++;
    entries.push({ path, sha256, stamp, rows: rows ?? scan(path, bytes) });
  }
  const same = read === 0 && kept?.length === entries.length;
  const index: CodeIndex = { entries, skipped, read, scanned };
  if (keptIn === undefined || same) return index;
  try {
    writeIndexFile(keptIn, entries);
    return index;
  } catch (error) {
    return { ...index, unkept: error };
  }
}

function isUnchanged(path: string, { stamp }: Entry): boolean {
  try {
    const stats = lstatSync(path);
    return stats.isFile() && isSame(stamp, stampOf(stats, Number.POSITIVE_INFINITY));
  } catch {
    // Reading it will tell why it cannot be looked at.
    return false;
  }
}

/** Python and Markdown are read in different ways, whatever they hold. */
function contentKey(path: string, sha256: string): string {
  return isMarkdown(path) ? `md ${sha256}` : sha256;
}

function scan(path: string, bytes: Buffer): Buffer {
  const single = bytes.toString("latin1");
  const text = isAscii(bytes) ? single : bytes.toString("utf8");
  const found = isMarkdown(path) ? scanMarkdown(text) : scanPython(bytes, single);
  const mentions = mentionsIn(text, found);
  return Buffer.from(textOf(mentions.length === 0 ? found : [...found, ...mentions]));
}

function isMarkdown(path: string): boolean {
  return path.endsWith(".md");
}
