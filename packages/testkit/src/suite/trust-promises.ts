import { createKernel, type Exec } from "@towpath/core";
import type { Bench } from "./bench.ts";
import { describe } from "./verdict-promises.ts";

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
    const { result } = await lab.run(gateCase.dirty.files, { trusted: false, exec });
    if (await executesCode()) {
      expect(result.error?.kind, describe(result)).toBe("untrusted");
      expect(started, "processes were started").toBe(0);
    } else {
      expect(result.verdict, describe(result)).toBe("failed");
    }
  });

  async function executesCode(): Promise<boolean> {
    const kernel = createKernel();
    await kernel.use(gateCase.plugin());
    const gate = kernel.gates.get(gateCase.gate)?.gate;
    const needs = gate?.needs ?? [];
    await kernel.close();
    return (
      gate?.executesCode === true || needs.some(({ id }) => kernel.producers.get(id)?.executesCode === true)
    );
  }
}
