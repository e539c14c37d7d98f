import {
  mapStrings,
  version,
  type CurrentState,
  type Journal,
  type RunRow,
  type StoredEvent,
} from "@towpath/core";
import { sanitize } from "@towpath/kit";
import { mostRuns, resultKey } from "./apply-change.ts";
import { componentView, sessionViews } from "./component-views.ts";
import type {
  ComponentView,
  DashboardModel,
  FindingView,
  ModelChange,
  OlderRuns,
  ResultView,
  SessionView,
} from "./model.ts";
import { readRun, type ReadRun } from "./read-run.ts";

/** What a model is made of. */
export interface ModelSource {
  /** Read, never written. */
  readonly journal: Journal;
  /** Name of the project's folder. */
  readonly project: string;
  /** Components that the configuration names; those of runs come to them. */
  readonly components: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** What there is now, to tell which messages of sessions are out of date. @default nothing is compared */
  readonly current?: (component: string) => CurrentState;
}

/**
 * The model of all that a journal holds. Pure but for what it reads.
 * @example htmlReport(dashboardModel({ journal, project: "shop", components: [], now: Date.now() }))
 */
export function dashboardModel(source: ModelSource): DashboardModel {
  const projection = createProjection(source.journal);
  const position = projection.load();
  return projection.model(source, position);
}

/** A model that follows its journal without reading again what it has read. */
export interface Projection {
  /** Reads everything. @returns position of the last event that is surely in it */
  load(): number;
  /** All that was read. */
  model(source: ModelSource, position: number): DashboardModel;
  /**
   * Reads the given runs again.
   * @param around whether what belongs to their components may have changed, too: facts, probes, sessions
   */
  change(source: ModelSource, runs: ReadonlySet<string>, around: boolean): ModelChange;
  /** Runs that were changed without an event. */
  changedRows(): ReadonlySet<string>;
  /** Components and sessions as they are now. */
  surroundings(source: ModelSource): Pick<ModelChange, "components" | "sessions">;
}

interface Known {
  readonly row: RunRow;
  readonly read: ReadRun;
}

/** Begins to follow a journal. */
export function createProjection(journal: Journal): Projection {
  const known = new Map<string, Known>();

  const readAll = (ids: ReadonlySet<string>): readonly Known[] =>
    [...ids].flatMap((id) => {
      const row = journal.run(id);
      if (row === undefined) {
        known.delete(id);
        return [];
      }
      const found = { row, read: readRun(row, journal.events({ run: id })) };
      known.set(id, found);
      return [found];
    });

  const inOrder = (): readonly Known[] =>
    [...known.values()].toSorted((a, b) => a.row.startedAt - b.row.startedAt);

  const namesOf = (source: ModelSource): readonly string[] => [
    ...new Set([...source.components, ...inOrder().flatMap(({ read }) => read.run.components)]),
  ];

  const componentViews = (names: readonly string[]): readonly ComponentView[] => {
    const newest = inOrder().toReversed();
    const results = lastResults(inOrder());
    return names.map((name) =>
      componentView(
        journal,
        name,
        newest.map(({ row }) => row).filter(({ plan }) => plan.components.some((one) => one.name === name)),
        results,
      ),
    );
  };

  const sessionsOf = (source: ModelSource, names: readonly string[]): readonly SessionView[] =>
    names.flatMap((name) => sessionViews(journal, name, source.current?.(name) ?? {}));

  return {
    load() {
      const rows = journal.runs();
      // Before anything else is read: what is written meanwhile comes as a change.
      const position = lastPosition(journal, rows);
      readAll(new Set(rows.slice(0, mostRuns).map(({ id }) => id)));
      return position;
    },
    model(source, position) {
      const rows = journal.runs();
      const ids = new Set(rows.slice(0, mostRuns).map(({ id }) => id));
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
      const runs = inOrder();
      const names = namesOf(source);
      return {
        schemaVersion: 1,
        towpath: version,
        project: mapStrings(source.project, sanitize),
        at: source.now,
        position,
        runs: runs.map(({ read }) => read.run),
        ...olderOf(rows.slice(mostRuns)),
        results: [...lastResults(runs).values()],
        findings: lastFindings(runs),
        components: componentViews(names),
        sessions: sessionsOf(source, names),
      };
    },
    change(source, runs, around) {
      const read = readAll(runs);
      const names = around ? [...new Set(read.flatMap((one) => one.read.run.components))] : [];
      const last = lastResults(inOrder());
      const own = lastResults(read);
      return {
        at: source.now,
        runs: read.map((one) => one.read.run),
        // A run that is older than another with the same gate does not speak for it.
        results: [...own.keys()].flatMap((key) => last.get(key) ?? []),
        findings: lastFindings(read),
        components: componentViews(names),
        sessions: sessionsOf(source, names),
      };
    },
    changedRows() {
      const changed = new Set<string>();
      for (const [id, { row }] of known) {
        if (row.status === "closed" || row.status === "superseded") continue;
        const now = journal.run(id);
        if (now === undefined || JSON.stringify(stateOf(now)) !== JSON.stringify(stateOf(row)))
          changed.add(id);
      }
      return changed;
    },
    surroundings(source) {
      const names = namesOf(source);
      return { components: componentViews(names), sessions: sessionsOf(source, names) };
    },
  };
}

function stateOf({ status, exit, wait, epoch }: RunRow): unknown {
  return [status, exit, wait, epoch];
}

function olderOf(rows: readonly RunRow[]): { readonly older?: OlderRuns } {
  if (rows.length === 0) return {};
  const times = rows.map(({ startedAt }) => startedAt);
  return {
    older: {
      count: rows.length,
      passed: rows.filter(({ exit }) => exit === 0).length,
      from: Math.min(...times),
      to: Math.max(...times),
    },
  };
}

function lastResults(runs: readonly Known[]): ReadonlyMap<string, ResultView> {
  return new Map(runs.flatMap(({ read }) => read.results).map((result) => [resultKey(result), result]));
}

function lastFindings(runs: readonly Known[]): readonly FindingView[] {
  return [
    ...new Map(runs.flatMap(({ read }) => read.findings).map((finding) => [finding.id, finding])).values(),
  ];
}

/** Position of the last event that there is. */
function lastPosition(journal: Journal, rows: readonly RunRow[]): number {
  // The newest run has nearly always the last event: what another one wrote since comes after its own.
  let position = (rows[0] && journal.events({ run: rows[0].id }).at(-1)?.position) ?? 0;
  for (;;) {
    const last = journal.events({ after: position, limit: 1_000 }).at(-1);
    if (last === undefined) return position;
    position = last.position;
  }
}

/** Ids of the runs that events belong to. */
export function runsOf(events: readonly StoredEvent[]): ReadonlySet<string> {
  return new Set(events.map(({ run }) => run));
}
