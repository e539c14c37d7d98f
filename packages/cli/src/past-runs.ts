import type { Journal } from "@towpath/core";
import { recordRun, type RunRecord } from "@towpath/history";

/** How many past runs an estimate looks at. */
const most = 20;

/** The last runs of a component that came to their end, oldest first; what estimates and slow marks rest on. */
export function pastRuns(journal: Journal, component: string): readonly RunRecord[] {
  return journal
    .runs({ component, limit: 3 * most })
    .filter(({ plan, status }) => plan.kind === "run" && status === "closed")
    .slice(0, most)
    .toReversed()
    .map((row) => recordRun(row, journal.events({ run: row.id })));
}
