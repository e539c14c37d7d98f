import { randomBytes } from "node:crypto";
import { lstatSync, rmSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { isOwn, makeFile } from "./state-folder.ts";

/** 1 MiB: enough for the last words of a run, whatever its step was. */
const size = 1024 * 1024;
/** What must stay free beside it, in bytes; on a disk that is nearly full it would be the last straw. */
const margin = 256 * 1024;

/** Space that is held back for the moment when the disk is full. */
export interface Ballast {
  /** Makes it, if there is none and there is room. */
  load(): void;
  /** Gives the space back. */
  drop(): void;
}

/**
 * Ballast at a path.
 * @throws {TowpathError} TP1005 when a link stands in its place
 */
export function ballastAt(path: string): Ballast {
  isOwn(path, "file");
  let loaded = false;
  return {
    load() {
      if (loaded || !hasRoom(path)) return;
      try {
        if (lstatSync(path, { throwIfNoEntry: false })?.size !== size) {
          rmSync(path, { force: true });
          // Random, as a file system may compress what it can.
          makeFile(path, randomBytes(size));
        }
        loaded = true;
      } catch {
        // It is a precaution: without it, the journal is as good as the disk.
        rmSync(path, { force: true });
      }
    },
    drop() {
      loaded = false;
      rmSync(path, { force: true });
    },
  };
}

function hasRoom(path: string): boolean {
  const present = lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize + present >= size + margin;
}
