import type { Exec } from "@towpath/core";
import type { Bench } from "./bench.ts";
import { registeredGate } from "./registered-gate.ts";
import { describe, verdictOf } from "./verdict-promises.ts";

/** Promises on trees whose code must not be run. */
export function trustPromises({ gateCase, lab, expect, promise }: Bench): void {
  promise("runs no code of a tree that is not trusted", "repeated runs", async () => {
    let started = 0;
    const exec =
      (real: Exec): Exec =>
      (request) => {
        started += 1;
        return real(request);
      };
    const { result } = await lab.run(gateCase.dirty, { trusted: false, exec });
    if ((await registeredGate(gateCase)).runsCode) {
      expect(result.error?.kind, describe(result)).toBe("untrusted");
      expect(started, "processes were started").toBe(0);
    } else {
      expect(result.verdict, describe(result)).toBe(verdictOf(gateCase.dirty));
    }
  });
}
