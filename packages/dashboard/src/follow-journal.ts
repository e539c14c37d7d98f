import { isTowpathError, type CurrentState, type Journal } from "@towpath/core";
import { eventView } from "./event-view.ts";
import { createProjection, runsOf, type ModelSource, type Projection } from "./project-model.ts";

/** What is followed. */
export interface FollowerParts {
  /** The journal as it is now: one that another process makes later takes the place of an empty one. */
  readonly journal: () => Journal;
  readonly project: string;
  readonly components: readonly string[];
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  readonly current?: (component: string) => CurrentState;
  /** Told once of each trouble with reading the journal. */
  readonly onTrouble?: (error: unknown) => void;
}

/** A message to a page. */
export interface FollowMessage {
  readonly name: "snapshot" | "change" | "refresh" | "trouble";
  /** Position of the event that it tells of. */
  readonly id?: number;
  readonly data: unknown;
}

/** Tells pages what is written to a journal. */
export interface Follower {
  /**
   * Sends everything, or what came after a position, and from then on what comes.
   * @param after position of the last event that the page has
   * @returns a function that leaves again
   */
  join(after: number | undefined, send: (message: FollowMessage) => void): () => void;
  close(): void;
}

/** How often the journal is asked, in milliseconds: an event is seen well within the time that people call at once. */
const pollMs = 20;
/** How often what comes without an event is looked at: probes, rows of runs, files that sessions speak of. */
const lookAroundMs = 5_000;
/** A page that is further behind gets everything anew. */
const mostEvents = 5_000;

/** Events with which more may be written than runs show: facts, messages of sessions. */
const settling: ReadonlySet<string> = new Set(["run:start", "stage:end", "release", "run:end"]);

/** Begins to follow; the journal is only asked while somebody listens. */
export function followJournal(parts: FollowerParts): Follower {
  const { now = Date.now, onTrouble = () => undefined } = parts;
  const listeners = new Set<(message: FollowMessage) => void>();
  let journal = parts.journal();
  let projection: Projection | undefined;
  let position = 0;
  let around = "";
  let trouble: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = 0;

  const source = (): ModelSource => ({
    journal,
    project: parts.project,
    components: parts.components,
    now: now(),
    ...(parts.current === undefined ? {} : { current: parts.current }),
  });
  const tell = (message: FollowMessage): void => {
    for (const send of listeners) send(message);
  };

  const loaded = (): Projection => {
    if (projection !== undefined) return projection;
    const made = createProjection(journal);
    position = made.load();
    projection = made;
    return made;
  };
  const snapshot = (): FollowMessage => {
    const model = loaded().model(source(), position);
    around = JSON.stringify([model.components, model.sessions]);
    return { name: "snapshot", id: position, data: model };
  };
  /** Everybody gets everything anew. */
  const beginAnew = (): void => {
    projection = undefined;
    tell(snapshot());
  };

  /** Messages about the events after a position; the last one brings what they changed. */
  const since = (after: number, whole: boolean): readonly FollowMessage[] | undefined => {
    const events = journal.events({ after, limit: mostEvents + 1 });
    if (events.length > mostEvents || projection === undefined) return undefined;
    if (events.length === 0 && !whole) return [];
    // What lies around the runs takes longer to read: who follows hears of it after the event.
    if (!whole && events.some(({ event }) => settling.has(event.type))) lookedAt = 0;
    const change = projection.change(source(), runsOf(events), whole);
    const known = whole ? { known: journal.runs().map(({ id }) => id) } : {};
    const messages = events.map((stored, index) => ({
      name: "change" as const,
      id: stored.position,
      data: {
        event: eventView(stored),
        ...(index === events.length - 1 ? { change: { ...change, ...known } } : {}),
      },
    }));
    return events.length > 0 ? messages : [{ name: "refresh", data: { ...change, ...known } }];
  };

  const poll = (): void => {
    const current = parts.journal();
    if (current !== journal || projection === undefined) {
      journal = current;
      return beginAnew();
    }
    const messages = since(position, false);
    if (messages === undefined) return beginAnew();
    for (const message of messages) tell(message);
    position = messages.at(-1)?.id ?? position;
    if (Date.now() - lookedAt >= lookAroundMs) lookAround(projection);
  };

  const lookAround = (following: Projection): void => {
    lookedAt = Date.now();
    const rows = following.changedRows();
    const change = rows.size === 0 ? undefined : following.change(source(), rows, false);
    const seen = following.surroundings(source());
    const text = JSON.stringify([seen.components, seen.sessions]);
    if (change === undefined && text === around) return;
    around = text;
    const empty = { at: now(), runs: [], results: [], findings: [] };
    tell({ name: "refresh", data: { ...(change ?? empty), ...seen } });
  };

  const guarded = <T>(work: () => T): T | undefined => {
    try {
      const done = work();
      if (trouble !== undefined) {
        trouble = undefined;
        beginAnew();
      }
      return done;
    } catch (error) {
      const message = isTowpathError(error) ? `${error.data.code}: ${error.message}` : String(error);
      if (message !== trouble) {
        trouble = message;
        onTrouble(error);
        tell({ name: "trouble", data: { message } });
      }
      return undefined;
    }
  };

  const next = (): void => {
    timer = setTimeout(
      () => {
        guarded(poll);
        if (listeners.size > 0) next();
      },
      trouble === undefined ? pollMs : 1_000,
    );
  };

  const welcome = (after: number | undefined): readonly FollowMessage[] => {
    if (projection === undefined) loaded();
    else {
      // Whoever is here already hears first: then all of them know the same.
      poll();
      lookAround(loaded());
    }
    const missed = after === undefined || after > position ? undefined : since(after, true);
    return missed ?? [snapshot()];
  };

  return {
    join(after, send) {
      for (const message of guarded(() => welcome(after)) ?? []) send(message);
      if (trouble !== undefined) send({ name: "trouble", data: { message: trouble } });
      listeners.add(send);
      if (listeners.size === 1) next();
      return () => {
        listeners.delete(send);
        if (listeners.size === 0) clearTimeout(timer);
      };
    },
    close() {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
