import { constants } from "node:fs";
import { mkdir, open, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { GateContext, Workspace } from "@towpath/core";
import { writeAtomic } from "./write-atomic.ts";

/** A program file in one state. */
interface Entry {
  readonly size: number;
  readonly mtimeMs: number;
  /** A file that was replaced, or whose time was set back, is another one by these. */
  readonly ctimeMs: number;
  readonly ino: number;
  readonly version: string;
}

const largestBytes = 1024 * 1024;

/** Remembers the versions of programs, so that none is started just to ask for its own. */
export interface VersionCache {
  /**
   * The version of a program in its present state, asked for at most once.
   * @param path absolute path of the program
   * @param args what it is asked with
   * @param ask runs the program
   */
  version(path: string, args: readonly string[], ask: () => Promise<string>): Promise<string>;
}

const caches = new WeakMap<Workspace, Promise<VersionCache>>();

/**
 * The cache of a tree: `.towpath/cache/tools.json`, or only memory where that cannot be written, and in untrusted
 * mode, where the file is the author's. A file that is not as we write it is ignored and written anew.
 */
export function versionCache({ workspace, trusted }: GateContext): Promise<VersionCache> {
  const known = caches.get(workspace);
  if (known !== undefined) return known;
  const folder = join(workspace.root, ".towpath", "cache");
  const cache = trusted ? fileCache(folder) : Promise.resolve(createCache(new Map(), async () => {}));
  caches.set(workspace, cache);
  return cache;
}

async function fileCache(folder: string): Promise<VersionCache> {
  const path = join(folder, "tools.json");
  const entries = new Map(Object.entries(await read(path)));
  return createCache(entries, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // A link would lead the file out of the tree.
    if ((await realpath(folder)) !== folder) return;
    await writeAtomic(path, JSON.stringify({ schemaVersion: 1, programs: Object.fromEntries(entries) }));
  });
}

function createCache(entries: Map<string, Entry>, save: () => Promise<void>): VersionCache {
  const asked = new Map<string, Promise<string>>();
  let saved = Promise.resolve();
  return {
    async version(path, args, ask) {
      const real = await realpath(path);
      const { size, mtimeMs, ctimeMs, ino } = await stat(real);
      // One file may be many programs, told apart by the name under which it is called.
      const key = JSON.stringify([real, basename(path), ...args]);
      const entry = entries.get(key);
      const same = entry?.size === size && entry.mtimeMs === mtimeMs;
      if (same && entry.ctimeMs === ctimeMs && entry.ino === ino) return entry.version;
      const running = asked.get(key) ?? ask().finally(() => asked.delete(key));
      asked.set(key, running);
      const version = await running;
      entries.set(key, { size, mtimeMs, ctimeMs, ino, version });
      // Where it cannot be saved, it is asked for again in the next run.
      saved = saved.then(save).catch(() => {});
      await saved;
      return version;
    },
  };
}

async function read(path: string): Promise<Record<string, Entry>> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size > largestBytes) return {};
      return programsIn(JSON.parse(await file.readFile("utf8")));
    } finally {
      await file.close();
    }
  } catch {
    return {};
  }
}

/** Looked at by hand: this runs on every start, and a library of schemas takes longer to load than all the rest. */
function programsIn(value: unknown): Record<string, Entry> {
  if (!isRecord(value) || Object.keys(value).length !== 2) return {};
  const { schemaVersion, programs } = value;
  if (schemaVersion !== 1 || !isRecord(programs)) return {};
  return Object.values(programs).every(isEntry) ? (programs as Record<string, Entry>) : {};
}

function isEntry(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).length !== 5) return false;
  const { size, mtimeMs, ctimeMs, ino, version } = value;
  const known = typeof version === "string" && /^(?:\d[\w.+-]{0,63}|unknown)$/.test(version);
  return known && [size, mtimeMs, ctimeMs, ino].every((one) => typeof one === "number");
}

function isRecord(value: unknown): value is Readonly<Partial<Record<string, unknown>>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
