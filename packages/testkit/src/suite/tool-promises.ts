import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promotes, type GateResult } from "@towpath/core";
import { project } from "../project.ts";
import type { Bench } from "./bench.ts";
import { decisiveChannels } from "./decisive-channels.ts";
import { contentOf, silenced, withContent, type RecordedCall } from "./recorded-call.ts";
import { describe } from "./verdict-promises.ts";

/** No tool of any gate ends with it. */
const unknownCode = 99;

/** Promises on tools that are missing, break, or say something else than their exit code. Nothing real is run. */
export function toolPromises({ lab, expect, promise, gateCase }: Bench): void {
  const errored = (result: GateResult, what: string): void => {
    expect(result.verdict, `${what}: ${describe(result)}`).toBe("errored");
    expect(Boolean(result.error?.message), `${what}: no reason in ${describe(result)}`).toBe(true);
  };
  const blocked = (result: GateResult, what: string): void =>
    expect(promotes(result.verdict), `${what}: ${describe(result)}`).toBe(false);

  promise("says what to install when its tool is missing", "missing tool", async () => {
    const { root } = await project({});
    await mkdir(join(root, "bin"));
    const { result } = await lab.run(
      { files: gateCase.clean },
      {
        env: withoutTools(join(root, "bin"), await lab.env()),
      },
    );
    errored(result, "no tool on this machine");
    expect(["tool-missing", "environment"].includes(result.error?.kind ?? ""), describe(result)).toBe(true);
    expect((result.error?.fix.length ?? 0) > 0, `no fix in ${describe(result)}`).toBe(true);
  });

  promise("can be replayed: a recorded run gives the same result", "replay", async () => {
    for (const trial of [await lab.clean(), await lab.dirty()]) {
      const { verdict, findings } = await lab.replay(trial);
      expect({ verdict, findings }).toEqual({
        verdict: trial.result.verdict,
        findings: trial.result.findings,
      });
    }
  });

  promise("cannot decide without a report, whatever the exit code", "replay", async () => {
    for (const trial of [await lab.clean(), await lab.dirty()]) {
      for (const code of new Set([0, 1, ...codesOf(trial.calls)])) {
        errored(await lab.replay(trial, (call) => silenced(call, code)), `no output, exit code ${code}`);
      }
    }
  });

  promise("cannot decide on a report that is broken, cut or of another kind", "replay", async () => {
    for (const trial of [await lab.clean(), await lab.dirty()]) {
      const channels = await decisiveChannels(lab, trial);
      expect(channels.length > 0, "the gate decides without any output of its tools").toBe(true);
      for (const { call: at, channel } of channels) {
        const whole = contentOf(at, channel);
        const half = whole.subarray(0, Math.floor(whole.length / 2));
        for (const content of [
          half,
          Buffer.from('{"broken": '),
          Buffer.from("Segmentation fault\n"),
          Buffer.from("null"),
        ]) {
          const result = await lab.replay(trial, (call) =>
            call === at ? withContent(call, channel, content) : call,
          );
          const place = typeof channel === "string" ? channel : channel.file;
          errored(result, `${JSON.stringify(Buffer.from(content).toString().slice(0, 80))} on ${place}`);
        }
      }
    }
  });

  promise("cannot decide when its tool crashes, though the report is there", "replay", async () => {
    for (const trial of [await lab.clean(), await lab.dirty()]) {
      const killed = (call: RecordedCall): RecordedCall => {
        const result = { ...call.result, status: "signalled", code: undefined, signal: "SIGKILL" } as const;
        return { ...call, result };
      };
      errored(await lab.replay(trial, killed), "ended by SIGKILL");
      errored(await lab.replay(trial, (call) => withCode(call, unknownCode)), `exit code ${unknownCode}`);
      const gone = (call: RecordedCall): RecordedCall => {
        const startError = { code: "ENOENT", message: "it is gone" };
        const result = { ...silenced(call, undefined).result, status: "not-started", startError } as const;
        return { ...silenced(call, undefined), result };
      };
      errored(await lab.replay(trial, gone), "the program cannot be started");
    }
  });

  promise("does not let pass what breaks in any one of its processes", "replay", async () => {
    const trial = await lab.dirty();
    for (const at of trial.calls.filter(({ probe }) => !probe)) {
      for (const code of new Set([0, 1, unknownCode])) {
        const result = await lab.replay(trial, (call) => (call === at ? silenced(call, code) : call));
        blocked(result, `${at.key} with no output and exit code ${code}`);
      }
    }
  });

  promise("does not believe an exit code against the report", "replay", async () => {
    const [clean, dirty] = [await lab.clean(), await lab.dirty()];
    for (const code of codesOf(clean.calls)) {
      blocked(await lab.replay(dirty, (call) => withCode(call, code)), `findings with exit code ${code}`);
    }
    const [code, ...others] = codesOf(dirty.calls);
    if (code === undefined || others.length > 0 || codesOf(clean.calls).includes(code)) return;
    blocked(await lab.replay(clean, (call) => withCode(call, code)), `no findings with exit code ${code}`);
  });
}

/** The exit codes of processes that were no probes. */
function codesOf(calls: readonly RecordedCall[]): readonly number[] {
  return [
    ...new Set(
      calls.flatMap(({ probe, result }) => (probe || result.code === undefined ? [] : [result.code])),
    ),
  ];
}

function withCode(call: RecordedCall, code: number): RecordedCall {
  return { ...call, result: { ...call.result, code } };
}

/** An environment in which nothing is installed: every variable of the case is gone, and PATH leads to an empty folder. */
function withoutTools(
  bin: string,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return { ...Object.fromEntries(Object.keys(env).map((name) => [name, undefined])), PATH: bin };
}
