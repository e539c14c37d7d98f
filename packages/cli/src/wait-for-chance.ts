import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "@towpath/core";

/** How often the journal is asked, in milliseconds. Each look is one read, so that also what others write is seen. */
const pollMs = 500;

/**
 * Waits until it is worth going on with a parked run: its time has come, somebody changed it, or a fact about a
 * component came in, e.g. an attestation. Holds nothing meanwhile.
 * @returns whether there is such a chance; `false` when it was cancelled
 */
export async function waitForChance(journal: Journal, run: string, cancelled: AbortSignal): Promise<boolean> {
  const components = journal.run(run)?.plan.components ?? [];
  const factsSeen = (): string => components.map(({ name }) => journal.facts(name).head.seq).join(",");
  const before = factsSeen();
  for (;;) {
    // A cancelled sleep is the end of the wait, not an error.
    await sleep(pollMs, undefined, { signal: cancelled }).catch(() => undefined);
    if (cancelled.aborted) return false;
    const row = journal.run(run);
    const until = row?.status === "parked" ? row.wait?.until : 0;
    if ((until !== undefined && until <= Date.now()) || factsSeen() !== before) return true;
  }
}
