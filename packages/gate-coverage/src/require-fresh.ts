import { Breakage } from "@towpath/core";

/** An hour: the clock may be put back while the suite runs. */
const toleranceMs = 3_600_000;

/**
 * Refuses a coverage report that is older than the run. Both times are local times of one interpreter, so their
 * difference needs no zone.
 * @param reported when the report was made, as Python's `isoformat` writes it
 * @param begun when the run began, likewise
 * @throws {Breakage} `mismatch`
 */
export function requireFresh(reported: string, begun: string): void {
  if (Date.parse(`${begun}Z`) - Date.parse(`${reported}Z`) <= toleranceMs) return;
  throw new Breakage("mismatch", {
    message: `the coverage report is of ${reported}, the run began at ${begun}`,
  });
}
