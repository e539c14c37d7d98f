import type { GateCase, Part } from "./gate-case.ts";
import type { Lab } from "./lab.ts";
import { promiseLimitMs, type Matchers, type TestRunner } from "./test-runner.ts";

/** What the promises of one gate are tested with. */
export interface Bench {
  readonly gateCase: GateCase;
  readonly lab: Lab;
  readonly settings: SuiteSettings;
  readonly expect: TestRunner["expect"];
  /** Tests a promise, unless the case is let off the part that it belongs to. */
  promise(title: string, part: Part | undefined, body: () => Promise<void>): void;
}

/** Figures of the suite; the tests of the suite itself turn them down. */
export interface SuiteSettings {
  /** How long a gate may take to stop after an abort, in milliseconds. @default 10000 */
  readonly patienceMs?: number;
  /** How many tampered reports are tried. @default 150 */
  readonly mutations?: number;
  /** Start of the pseudo-random mutations, to repeat a run. @default drawn anew */
  readonly seed?: number;
  /** Bytes of the output that is too large. @default 1 GiB */
  readonly floodBytes?: number;
}

/** Makes the bench of a case. */
export function createBench(
  runner: TestRunner,
  gateCase: GateCase,
  lab: Lab,
  settings: SuiteSettings,
): Bench {
  const off = gateCase.off ?? {};
  return {
    gateCase,
    lab,
    settings,
    expect: (actual, message): Matchers => runner.expect(actual, message),
    promise(title, part, body) {
      if (part !== undefined && off[part] !== undefined) return;
      runner.it(title, body, promiseLimitMs);
    },
  };
}
