import { promotes } from "@towpath/core";
import { asyncProperty, assert, constantFrom, pre } from "fast-check";
import type { Bench } from "./bench.ts";
import { decisiveChannels } from "./decisive-channels.ts";
import { differsInNumbersOnly, mutate, mutation } from "./mutation.ts";
import { contentOf, withContent } from "./recorded-call.ts";
import { describe } from "./verdict-promises.ts";

/** The promise that a damaged report of a failure is never read as a success. */
export function mutationPromises({ gateCase, lab, expect, promise, settings }: Bench): void {
  const { mutations = 150, seed } = settings;
  const numbersDecide = gateCase.off?.["changed numbers"] !== undefined;

  promise("never turns a fail into a pass because the report is damaged", "replay", async () => {
    const trial = await lab.dirty();
    const channels = await decisiveChannels(lab, trial);
    expect(channels.length > 0, "the gate decides without any output of its tools").toBe(true);
    const property = asyncProperty(
      constantFrom(...channels),
      mutation,
      async ({ call: at, channel }, change) => {
        const whole = contentOf(at, channel);
        const damaged = mutate(whole, change);
        pre(!numbersDecide || !differsInNumbersOnly(whole, damaged));
        const result = await lab.replay(trial, (call) =>
          call === at ? withContent(call, channel, damaged) : call,
        );
        if (promotes(result.verdict)) {
          throw new Error(`${describe(result)} of the damaged report:\n${Buffer.from(damaged).toString()}`);
        }
      },
    );
    await assert(property, { numRuns: mutations, ...(seed === undefined ? {} : { seed }) });
  });
}
