import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promotes, type ErrorKind, type Exec, type GateResult } from "@towpath/core";
import type { FakeBehaviour } from "../fake-behaviour.ts";
import { fakeTool } from "../fake-tool.ts";
import { project } from "../project.ts";
import type { Bench } from "./bench.ts";
import { isAlive, until } from "./is-alive.ts";
import { isPlainData } from "./plain-data.ts";
import { isProbe } from "./recorded-call.ts";
import { describe } from "./verdict-promises.ts";

const gibibyte = 2 ** 30;

/** Promises on tools that hang, flood or talk gibberish. Real processes stand in for the tool. */
export function processPromises({ lab, expect, promise, settings }: Bench): void {
  const { patienceMs = 10_000, floodBytes = gibibyte } = settings;
  const expectKind = (result: GateResult, kind: ErrorKind): void => {
    expect(result.verdict, describe(result)).toBe("errored");
    expect(result.error?.kind, describe(result)).toBe(kind);
  };

  promise("starts a process", "processes", async () => {
    const { calls } = await lab.dirty();
    expect(calls.length > 0, "it starts none: say so by `off.processes`").toBe(true);
  });

  promise("ends a tool that hangs at the time limit, with all its children", "processes", async () => {
    const { exec, pids } = await standIn({ hang: true, grandchild: true });
    const trial = await lab.dirty();
    // On a busy machine a short limit may be over before the tool is up.
    for (let timeoutMs = 1_500; (await pids()).length === 0 && timeoutMs < 50_000; timeoutMs *= 2) {
      expectKind(await lab.again(trial, { timeoutMs, exec }), "timeout");
    }
    expect((await pids()).length >= 2, "the tool was never run").toBe(true);
    await expectGone(await pids());
  });

  promise("stops when the run is cancelled, with the whole process tree", "processes", async () => {
    const { exec, pids } = await standIn({ hang: true, grandchild: true });
    const stop = new AbortController();
    const running = lab.again(await lab.dirty(), { exec, signal: stop.signal });
    const ended = running.then(() => true);
    await until(async () => (await pids()).length >= 2 || (await Promise.race([ended, delay(20, false)])));
    stop.abort();
    const stopped = await Promise.race([running, delay(patienceMs, undefined, { ref: false })]);
    expect(stopped !== undefined, `it went on for ${patienceMs} ms after the abort`).toBe(true);
    if (stopped === undefined) return;
    expectKind(stopped, "cancelled");
    await expectGone(await pids());
  });

  promise("cannot decide on output without an end", "processes", async () => {
    const trial = await lab.dirty();
    const exit = trial.calls.findLast(({ probe }) => !probe)?.result.code ?? 0;
    const { exec } = await standIn({ flood: floodBytes, exit });
    const result = await lab.again(trial, { exec });
    expect(result.verdict, describe(result)).toBe("errored");
    expect(JSON.stringify(result).length < 1_000_000, "the result holds the flood").toBe(true);
  });

  promise(
    "survives output that is no UTF-8, and tells no secret of the environment",
    "processes",
    async () => {
      const canary = "canary-7d41f0c2b9";
      const gibberish = new Uint8Array([
        0x7b, 0x22, 0xff, 0xfe, 0x00, 0xc3, 0x28, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x0a,
      ]);
      const trial = await lab.dirty();
      for (const exit of [0, 1, 70]) {
        const { exec } = await standIn({ stdout: gibberish, stderr: canary, tellEnv: true, exit });
        const env = { TOWPATH_TEST_SECRET_TOKEN: canary, AWS_SECRET_ACCESS_KEY: canary };
        const result = await lab.again(trial, { exec, env });
        expect(promotes(result.verdict), describe(result)).toBe(false);
        expect(isPlainData(result), "the result is more than JSON can hold").toBe(true);
        expect(JSON.stringify(result).includes(canary), "the result holds a secret").toBe(false);
      }
    },
  );

  async function expectGone(pids: readonly number[]): Promise<void> {
    // The kernel ends a process some moments after the signal.
    const gone = until(async () => !(await Promise.all(pids.map(isAlive))).some(Boolean)).then(() => true);
    expect(await Promise.race([gone, delay(patienceMs, false, { ref: false })]), "a process lives on").toBe(
      true,
    );
  }
}

/** A program that takes the place of every process but version probes, and the ids of its processes. */
async function standIn(
  behaviour: FakeBehaviour,
): Promise<{ readonly exec: (real: Exec) => Exec; readonly pids: () => Promise<readonly number[]> }> {
  const { root } = await project({});
  const file = join(root, "pids");
  const command = await fakeTool(root, "tool", { ...behaviour, pids: file });
  return {
    exec: (real) => (request) => real(isProbe(request) ? request : { ...request, command }),
    pids: async () => {
      const text = await readFile(file, "utf8").catch(() => "");
      return text.split("\n").filter(Boolean).map(Number);
    },
  };
}
