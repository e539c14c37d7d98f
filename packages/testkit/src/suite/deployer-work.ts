import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  systemClock,
  type Component,
  type DeployAction,
  type DeployContext,
  type Deployer,
  type DeployResult,
  type Environment,
  type Release,
  type RollbackResult,
} from "@towpath/core";
import { createExec, createRedactor } from "@towpath/kit";
import { onExit } from "../on-exit.ts";
import type { Env } from "./gate-case.ts";

/** A call of a deployer, as plain data, so that another process can do it. */
export interface DeployerWork {
  readonly root: string;
  readonly component: Component;
  readonly environment: Environment;
  readonly env: Env;
  readonly run: string;
  readonly release: Release;
  readonly key: string;
  readonly epoch: number;
}

/** A time in the midst of a call: the deployer is about to start a process, has ended one, or writes to the log. */
export type Point = () => void;

/** The context of a call. */
export async function contextOf(
  work: DeployerWork,
  signal: AbortSignal = new AbortController().signal,
  point: Point = () => {},
): Promise<DeployContext> {
  const { root, run, env } = work;
  const outDir = await realpath(await mkdtemp(join(tmpdir(), "towpath-deploy-")));
  onExit(outDir);
  const { redact } = createRedactor(env);
  const exec = createExec({ root, runId: run, env, redact, killGraceMs: 300, writable: [outDir] });
  return {
    ...work,
    attempt: 1,
    outDir,
    clock: systemClock,
    signal,
    async exec(request) {
      point();
      const result = await exec(request);
      point();
      return result;
    },
    log: point,
  };
}

/** What a child of the suite is told to do, by standard input. */
export interface ChildWork extends DeployerWork {
  readonly action: DeployAction;
  /** The point, from 1, at which it is killed; 0 lets it come to its end. */
  readonly crashAt: number;
}

/** What a child of the suite tells when it comes to its end. */
export interface ChildTale {
  readonly result: DeployResult | RollbackResult;
  /** How many points it passed. */
  readonly points: number;
}

/**
 * The program of a child that the suite kills in the midst of its work: hand it what makes the deployer for the target
 * that the program's arguments name, and do nothing else.
 * @param make gets a function to be called at further points at which a death would be interesting
 * @example await runDeployer(() => myDeployer(JSON.parse(process.argv[2] ?? "")));
 */
export async function runDeployer(make: (point: Point) => Deployer): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  // Written by the suite.
  const { action, crashAt, ...work } = JSON.parse(Buffer.concat(chunks).toString()) as ChildWork;
  let points = 0;
  const point = (): void => {
    if (++points === crashAt) process.kill(process.pid, "SIGKILL");
  };
  const ctx = await contextOf(work, undefined, point);
  const result = await make(point)[action](ctx);
  const tale: ChildTale = { result, points };
  process.stdout.write(JSON.stringify(tale));
}
