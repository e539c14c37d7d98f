import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { mkdtemp, mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { noRecords } from "@towpath/core";
import type { Component, Exec, GateContext, Workspace } from "@towpath/core";
import { createExec } from "../src/exec.ts";

/** A fresh folder with files, removed when the test has ended. */
export async function tree(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "towpath-kit-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [name, contents] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), contents);
  }
  return root;
}

/** An executable script below `root`. */
export async function script(root: string, name: string, text: string): Promise<string> {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o755 });
  return path;
}

/** What a test of a gate's helpers sets up; the rest is ordinary. */
export interface ContextSetup {
  readonly root: string;
  readonly component?: Partial<Component>;
  readonly env?: Record<string, string | undefined>;
  readonly exec?: Exec;
  readonly trusted?: boolean;
  readonly signal?: AbortSignal;
  readonly workspace?: Workspace;
}

/** The context of a gate for the component `foo` of a tree. */
export function context({
  root,
  component,
  env = { PATH: process.env["PATH"] },
  ...rest
}: ContextSetup): GateContext {
  const absent = (): never => {
    throw new Error("this test has no such thing");
  };
  const outDir = join(root, ".out");
  mkdirSync(outDir, { recursive: true });
  return {
    component: { name: "foo", source: ["src/foo"], tests: ["tests"], ...component },
    target: "dev",
    workspace: { root, list: absent, digest: absent },
    outDir,
    artifacts: { get: absent },
    exec: createExec({ root, runId: "test", env }),
    env,
    records: noRecords,
    now: Date.now,
    tree: absent,
    signal: new AbortController().signal,
    trusted: true,
    log: () => {},
    ...rest,
  };
}

/** Waits until something holds, and fails after 20 s. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > limit) throw new Error(`it never came true that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether a process runs; one that is dead and not yet collected does not. */
export function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Waits for a file that a process writes in one go, and reads the number in it. */
export async function pidIn(path: string): Promise<number> {
  const read = (): number => (existsSync(path) ? Number(readFileSync(path, "utf8").trim()) : 0);
  await until(`${path} holds a process id`, () => read() > 0);
  return read();
}
