import type { DashboardModel, ModelChange } from "./model.ts";

/** How many runs a model holds. */
export const mostRuns = 500;

/**
 * The model after a change. Pure; a change that is applied twice changes nothing the second time.
 * @param position of the last event that the change tells of
 */
export function applyChange(model: DashboardModel, change: ModelChange, position: number): DashboardModel {
  const known = change.known === undefined ? undefined : new Set(change.known);
  const runs = replaced(model.runs, change.runs, ({ run }) => run)
    .filter(({ run }) => known === undefined || known.has(run))
    .toSorted((a, b) => a.startedAt - b.startedAt);
  const over = runs.slice(0, Math.max(0, runs.length - mostRuns));
  return {
    ...model,
    at: change.at,
    position: Math.max(model.position, position),
    runs: over.length === 0 ? runs : runs.slice(over.length),
    ...(over.length === 0 ? {} : { older: withOlder(model.older, over) }),
    results: replaced(model.results, change.results, resultKey),
    findings: replaced(model.findings, change.findings, ({ id }) => id),
    components: replaced(model.components, change.components, ({ name }) => name),
    sessions: replaced(model.sessions, change.sessions, ({ id, component }) => `${component}/${id}`),
  };
}

/** What tells one result from another. */
export function resultKey({
  gate,
  component,
  target,
}: {
  readonly gate: string;
  readonly component: string;
  readonly target: string;
}): string {
  return `${gate}/${component}/${target}`;
}

function replaced<T>(before: readonly T[], now: readonly T[], keyOf: (item: T) => string): readonly T[] {
  if (now.length === 0) return before;
  const all = new Map(before.map((item) => [keyOf(item), item]));
  for (const item of now) all.set(keyOf(item), item);
  return [...all.values()];
}

function withOlder(
  older: DashboardModel["older"],
  runs: DashboardModel["runs"],
): NonNullable<DashboardModel["older"]> {
  const times = runs.map(({ startedAt }) => startedAt);
  return {
    count: (older?.count ?? 0) + runs.length,
    passed: (older?.passed ?? 0) + runs.filter(({ exit }) => exit === 0).length,
    from: older?.from ?? Math.min(...times),
    to: Math.max(...times),
  };
}
