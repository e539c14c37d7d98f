import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec, GateResult } from "@towpath/core";
import type { Bench } from "./bench.ts";
import type { GateCase } from "./gate-case.ts";
import type { Trial } from "./lab.ts";
import { registeredGate } from "./registered-gate.ts";
import { describe } from "./verdict-promises.ts";

/** Promises on what stands in place of a new result. */
export function reusePromises({ gateCase, lab, expect, promise }: Bench): void {
  promise(
    "is measured anew, unless it says what it depends on and none of that has changed",
    "repeated runs",
    async () => {
      const trial = await lab.run({ files: gateCase.clean });
      expect(trial.result.verdict, describe(trial.result)).toBe("passed");
      const second = await ask(trial);
      if ((await registeredGate(gateCase)).gate.environment === undefined) {
        expectMeasured(second.result);
        return;
      }
      expect(
        second.result.cached !== undefined,
        `nothing has changed, and it was asked again: ${second.result.because}`,
      ).toBe(true);
      expect(second.started, "processes were started for a result that stands").toEqual([]);
      await appendFile(join(trial.project.root, ownFile(gateCase)), "\n");
      const third = await ask(trial);
      expectMeasured(third.result);
      expect(third.result.because?.startsWith("tree changed since run "), third.result.because).toBe(true);
    },
  );

  /** Asks again where a trial took place, with all that is on record since. */
  async function ask(
    trial: Trial,
  ): Promise<{ readonly result: GateResult; readonly started: readonly string[] }> {
    const started: string[] = [];
    const exec =
      (real: Exec): Exec =>
      (request) => {
        started.push([request.command, ...request.args].join(" "));
        return real(request);
      };
    return { result: await lab.again(trial, { journal: trial.journal, exec }), started };
  }

  function expectMeasured({ cached, because }: GateResult): void {
    expect(cached, "a stored result stood in its place").toBe(undefined);
    expect(Boolean(because), "it does not say why it was measured").toBe(true);
  }
}

/** A file of the clean component that one more line end does no harm to. */
function ownFile({ clean, component = {} }: GateCase): string {
  const { source = ["src/foo"], tests = ["tests"], spec } = component;
  const own = Object.keys(clean).find(
    (path) =>
      path === spec ||
      [...source, ...tests].some((folder) => path === folder || path.startsWith(`${folder}/`)),
  );
  if (own === undefined) throw new Error("the clean files hold none of the component");
  return own;
}
