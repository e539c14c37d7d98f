import { randomUUID } from "node:crypto";
import { appendFile, lstat, mkdir, open, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { Breakage } from "@towpath/core";
import { writeAtomic } from "@towpath/kit";
import {
  readReleaseRecord,
  readTargetState,
  type Effect,
  type ReleaseRecord,
  type TargetState,
} from "./records.ts";

/** A release on disk, complete. */
export interface ReleaseFolder {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly record: ReleaseRecord;
}

/** How many runs' epochs are remembered. */
const mostRuns = 100;
/** How many of the rollbacks that ended at a release are remembered. */
const mostRollbacks = 20;

/**
 * The folder of a target. `current` is the truth: one rename makes another release current, and with it the key that
 * stands in that release's `RELEASE.json`. All methods that write expect the target's lock to be held.
 */
export class TargetFolder {
  /** Absolute. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Absolute path of a file of the deployer's own. */
  own(name: string): string {
    return join(this.path, ".deploy", name);
  }

  /** Makes the folders that are missing. */
  async prepare(): Promise<void> {
    for (const name of ["releases", "shared"]) await mkdir(join(this.path, name), { recursive: true });
    await mkdir(join(this.path, ".deploy"), { recursive: true, mode: 0o700 });
  }

  /**
   * The release that `current` leads to.
   * @throws {Breakage} `environment` when it leads to no complete release: then nobody knows what runs
   */
  async current(): Promise<ReleaseFolder | undefined> {
    const link = join(this.path, "current");
    const name = await readlink(link).then(basename, (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw new Breakage("environment", { message: `${link} is no link to a release: ${error.message}` });
    });
    if (name === undefined) return undefined;
    const release = await this.#release(name);
    if (release !== undefined) return release;
    throw new Breakage("environment", {
      message: `${link} leads to releases/${name}, which is no complete release`,
      fix: ["Remove the link, and deploy again."],
    });
  }

  /** All complete releases, the oldest first. */
  async releases(): Promise<readonly ReleaseFolder[]> {
    const found: ReleaseFolder[] = [];
    for (const name of await this.#names()) {
      const release = await this.#release(name);
      if (release !== undefined) found.push(release);
    }
    return found.toSorted((a, b) => (a.record.at < b.record.at ? -1 : Number(a.record.at > b.record.at)));
  }

  state(): Promise<TargetState> {
    return readTargetState(this.own("state.json"));
  }

  /** Writes what changed of the state. */
  async remember(change: Partial<TargetState>): Promise<void> {
    const state = { ...(await this.state()), ...change };
    await writeAtomic(this.own("state.json"), `${JSON.stringify(state, null, 2)}\n`);
  }

  /**
   * Refuses an owner of a run after a later one has been here.
   * @throws {Breakage} `environment` (TP5008)
   */
  async admit({ run, epoch }: Pick<Effect, "run" | "epoch">): Promise<void> {
    const { epochs } = await this.state();
    const seen = epochs.find((one) => one.run === run)?.epoch ?? 0;
    if (seen > epoch) {
      throw new Breakage("environment", {
        message: `the target ${this.path} is taken (TP5008): a newer owner of the run ${run} has been there`,
        why: `Owner ${seen} of the run came after this one, which is ${epoch}.`,
        fix: ["towpath status"],
      });
    }
    if (seen === epoch) return;
    const others = epochs.filter((one) => one.run !== run);
    await this.remember({ epochs: [...others, { run, epoch }].slice(-mostRuns) });
  }

  /** Makes the folder of a new release; it is half-made until `complete`. */
  async begin(digest: string, now: number): Promise<string> {
    const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    // Two deploys of one digest may fall into one second.
    for (let turn = 0; ; turn++) {
      const name = `${time}${turn === 0 ? "" : `.${turn}`}-${digest.slice(0, 8)}`;
      try {
        await mkdir(join(this.path, "releases", name));
        return name;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
    }
  }

  /** Declares a release complete, or writes its record anew. */
  async complete(name: string, record: ReleaseRecord): Promise<ReleaseFolder> {
    const path = join(this.path, "releases", name);
    await writeAtomic(join(path, "RELEASE.json"), `${JSON.stringify(record, null, 2)}\n`);
    return { name, path, record };
  }

  /** Adds to a release that a rollback ends there: from then on if it is current, else from the switch on. */
  markRollback({ name, record }: ReleaseFolder, effect: Effect): Promise<ReleaseFolder> {
    const others = record.rollbacks.filter(({ key }) => key !== effect.key);
    return this.complete(name, { ...record, rollbacks: [...others, effect].slice(-mostRollbacks) });
  }

  /** Makes a release the current one. Whoever reads `current` meanwhile finds the old or the new one. */
  async switchTo(name: string): Promise<void> {
    const temporary = join(this.path, `.current-${randomUUID()}`);
    await symlink(join("releases", name), temporary);
    await rename(temporary, join(this.path, "current"));
    await syncFolder(this.path);
  }

  /** Leaves the target without a current release. */
  async empty(): Promise<void> {
    await rm(join(this.path, "current"), { force: true });
    await syncFolder(this.path);
  }

  /** Removes what an interrupted deploy left: half-made releases, unused links, unfinished files. */
  async tidy(): Promise<void> {
    for (const name of await this.#names()) {
      if ((await this.#release(name)) === undefined) await this.#remove(name);
    }
    for (const name of await readdir(this.path)) {
      if (name.startsWith(".current-")) await rm(join(this.path, name), { force: true });
    }
    for (const name of await readdir(this.own("."))) {
      if (name.endsWith(".tmp")) await rm(this.own(name), { force: true });
    }
  }

  /** Removes the oldest releases but `keep`, and none that runs or that a rollback could need. */
  async prune(keep: number): Promise<void> {
    const [releases, current, { verified }] = await Promise.all([
      this.releases(),
      this.current(),
      this.state(),
    ]);
    const goal = verified.findLast((digest) => digest !== current?.record.digest);
    const needed = new Set([verified.at(-1), goal].map((digest) => folderOf(releases, digest)?.name));
    for (const { name } of releases.slice(0, -keep)) {
      if (name !== current?.name && !needed.has(name)) await this.#remove(name);
    }
  }

  /** Writes a line to the target's own journal, which nothing relies on. */
  async note(entry: Readonly<Record<string, unknown>>): Promise<void> {
    await appendFile(this.own("journal.jsonl"), `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }

  async #names(): Promise<readonly string[]> {
    const names = await readdir(join(this.path, "releases")).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
      throw error;
    });
    return names.toSorted();
  }

  async #release(name: string): Promise<ReleaseFolder | undefined> {
    const path = join(this.path, "releases", name);
    const record = await readReleaseRecord(join(path, "RELEASE.json"));
    return record && { name, path, record };
  }

  /** The record goes first, so that what is left of an interrupted removal counts as half-made. */
  async #remove(name: string): Promise<void> {
    const path = join(this.path, "releases", name);
    if ((await lstat(path)).isDirectory()) await rm(join(path, "RELEASE.json"), { force: true });
    await rm(path, { recursive: true, force: true });
  }
}

/** The newest folder of a digest. */
export function folderOf(
  releases: readonly ReleaseFolder[],
  digest: string | undefined,
): ReleaseFolder | undefined {
  return releases.findLast(({ record }) => record.digest === digest);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
