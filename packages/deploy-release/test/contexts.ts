import { randomUUID } from "node:crypto";
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  systemClock,
  type BuildContext,
  type Component,
  type DeployContext,
  type Release,
} from "@towpath/core";
import { createExec } from "@towpath/kit";
import { project, pythonEnv } from "@towpath/testkit";
import { onTestFinished } from "vitest";
import type { Host } from "./host.ts";

/** What a builder gets, with a fresh output folder. */
export async function buildContext(
  root: string,
  component: Component = { name: "foo", source: ["src/foo"], tests: [] },
  lines: string[] = [],
  run = `test-${randomUUID()}`,
): Promise<BuildContext> {
  const { env } = await pythonEnv();
  const outDir = (await project({})).root;
  return {
    component,
    root,
    outDir,
    exec: createExec({ root, runId: run, env, writable: [outDir] }),
    env,
    clock: systemClock,
    signal: new AbortController().signal,
    log: (line) => void lines.push(line),
  };
}

/** What a deployer gets for an effect of a run of its own. */
export async function deployContext(
  { root }: Host,
  release: Release,
  more: Partial<DeployContext> = {},
): Promise<DeployContext> {
  const run = `test-${randomUUID()}`;
  const context = await buildContext(root, undefined, [], run);
  return {
    ...context,
    environment: "staging",
    run,
    release,
    key: randomUUID(),
    epoch: 1,
    attempt: 1,
    ...more,
  };
}

/** A copy of the example component, removed when the test has ended. */
export async function throttle(): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "towpath-throttle-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const example = fileURLToPath(new URL("../../../examples/throttle", import.meta.url));
  await cp(example, root, {
    recursive: true,
    filter: (path) => !/__pycache__|\.towpath$/.test(path),
  });
  return root;
}
