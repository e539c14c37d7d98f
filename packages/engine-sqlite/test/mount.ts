import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small disk of its own. */
export interface Disk {
  /** Absolute real path. */
  readonly root: string;
  /** Changes its size or whether it can be written. @param options as for mount(8), e.g. `ro` */
  remount(options: string): void;
  remove(): void;
}

/** Mounts a tmpfs. @param size as for mount(8) @throws when this user must not */
export function mountDisk(size: string): Disk {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "towpath-disk-")));
  const mount = (options: string): unknown =>
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", root], { stdio: "ignore" });
  try {
    mount(`size=${size}`);
  } catch (error) {
    rmSync(root, { recursive: true });
    throw error;
  }
  return {
    root,
    remount: (options) => mount(`remount,size=${size},${options}`),
    remove() {
      execFileSync("umount", [root], { stdio: "ignore" });
      rmSync(root, { recursive: true });
    },
  };
}

/** Whether this user may mount a disk. */
export function canMount(): boolean {
  try {
    mountDisk("1m").remove();
    return true;
  } catch {
    return false;
  }
}
