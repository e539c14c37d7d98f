import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import {
  isBreakage,
  type DeployAction,
  type DeployContext,
  type Deployer,
  type Release,
} from "@towpath/core";
import { killSurvivors } from "@towpath/kit";
import { machineEnv } from "../machine-env.ts";
import type { DeployerPart, DeployerSuiteOptions, DeployerTarget } from "./deployer-case.ts";
import { contextOf, type ChildTale, type ChildWork, type DeployerWork, type Point } from "./deployer-work.ts";
import { promiseLimitMs, type TestRunner } from "./test-runner.ts";

/** An effect in the making: by whom, and which. */
export interface Attempt {
  readonly deployer: Deployer;
  readonly ctx: DeployContext;
}

/** One target with all that the suite does to it. */
export interface Yard {
  readonly target: DeployerTarget;
  good(name: string): Promise<Release>;
  /** Names an effect of a run of its own. */
  effect(release: Release): DeployerWork;
  /** A new deployer, and a context for the effect. */
  attempt(work: DeployerWork, signal?: AbortSignal, point?: Point): Promise<Attempt>;
  /** Deploys a release, and makes it the verified one if that is wanted. */
  deploy(name: string, confirmed: boolean): Promise<Release>;
  /** Does the effect in a process that is killed at a point; 0 is none. */
  inChild(work: DeployerWork, action: DeployAction, crashAt: number): Promise<ChildTale | "killed">;
}

/** What the promises of a deployer are tested with. */
export interface DeployerBench {
  readonly options: DeployerSuiteOptions;
  readonly expect: TestRunner["expect"];
  /** Tests a promise on a fresh target, unless the deployer is let off the part that it belongs to. */
  promise(title: string, part: DeployerPart | undefined, body: (yard: Yard) => Promise<void>): void;
  /** Expects a refusal by breakage. */
  breaks(work: Promise<unknown>, what: string): Promise<void>;
  /** Expects that a call changes nothing in the target. */
  readsOnly<T>(target: DeployerTarget, call: () => Promise<T>, what: string): Promise<T>;
}

/** Makes the bench of a deployer. */
export function createDeployerBench(runner: TestRunner, options: DeployerSuiteOptions): DeployerBench {
  const off = options.off ?? {};
  return {
    options,
    expect: runner.expect,
    promise(title, part, body) {
      if (part !== undefined && off[part] !== undefined) return;
      const onFreshTarget = async (): Promise<void> => {
        const target = await options.target();
        try {
          await body(yardOf(target));
        } finally {
          await target.remove();
        }
      };
      runner.it(title, onFreshTarget, 2 * promiseLimitMs);
    },
    async breaks(work, what) {
      const outcome = await work.then(
        (value) => `it ended with ${JSON.stringify(value)}`,
        (error: unknown) => (isBreakage(error) ? "breakage" : `it threw ${String(error)}`),
      );
      runner.expect(outcome, what).toBe("breakage");
    },
    async readsOnly(target, call, what) {
      const before = await target.contents();
      const value = await call();
      runner.expect(await target.contents(), `${what} changed the target`).toEqual(before);
      return value;
    },
  };
}

function yardOf(target: DeployerTarget): Yard {
  const yard: Yard = {
    target,
    good: (name) => target.release(name, "good"),
    effect: (release) => ({
      root: target.root,
      component: { name: "foo", source: ["src/foo"], tests: ["tests"], ...target.component },
      environment: target.environment ?? "staging",
      env: { ...machineEnv(), ...target.env },
      run: `suite-${randomUUID()}`,
      release,
      key: `${randomUUID()}${randomUUID()}`.replaceAll("-", ""),
      epoch: 1,
    }),
    attempt: async (work, signal, point) => ({
      deployer: target.deployer(),
      ctx: await contextOf(work, signal, point),
    }),
    async deploy(name, confirmed) {
      const release = await yard.good(name);
      const { deployer, ctx } = await yard.attempt(yard.effect(release));
      const result = await deployer.apply(ctx);
      if (result.state !== "deployed") throw new Error(`${name} was refused: ${result.reason}`);
      if (!confirmed) return release;
      const watch = await deployer.verify(ctx);
      if (!watch.healthy) throw new Error(`${name} is not healthy: ${watch.reason}`);
      await deployer.confirm(ctx);
      return release;
    },
    async inChild(work, action, crashAt) {
      const child = spawn(
        process.execPath,
        ["--disable-warning=ExperimentalWarning", ...(target.child ?? [])],
        {
          stdio: ["pipe", "pipe", "pipe"],
        },
      );
      const request: ChildWork = { ...work, action, crashAt };
      child.stdin.on("error", () => {});
      child.stdin.end(JSON.stringify(request));
      const ended = new Promise<NodeJS.Signals | null>((resolve) =>
        child.once("exit", (_, signal) => resolve(signal)),
      );
      const [tale, words, signal] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
      // As an engine does before it asks again.
      await killSurvivors("TOWPATH_RUN_ID", work.run);
      if (signal === "SIGKILL") return "killed";
      if (tale === "") throw new Error(`the child ended without a result: ${words}`);
      return JSON.parse(tale) as ChildTale;
    },
  };
  return yard;
}
