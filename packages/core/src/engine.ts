import { TowpathError } from "./errors.ts";
import type { Bus, TowpathEvent } from "./events.ts";
import type { Ctx } from "./ctx.ts";
import type { Clock } from "./host.ts";
import { isJournalError, journalCtx, type Settlement } from "./journal-ctx.ts";
import type { Journal, RunRow, RunStatus, StepRow, Wait } from "./journal.ts";
import type { Plan } from "./plan.ts";
import type { PipelineResult } from "./report.ts";
import type { StepExecutor } from "./step.ts";

/** What a run does: a pure function over `Ctx`, and what does its steps. */
export interface Work {
  pipeline(ctx: Ctx): Promise<PipelineResult>;
  readonly steps: StepExecutor;
  readonly bus: Bus;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** What an operator says of an effect that nobody can tell about. */
  readonly settle?: Settlement;
  /** Takes secrets out of words before they are written. @default nothing is taken out */
  readonly redact?: (text: string) => string;
  /** Ends what processes of a run have left running: before it is resumed or passed over, and when we let go of it. */
  readonly reap?: (run: string) => Promise<void>;
}

/** A run that is about to begin. */
export interface NewRun {
  /** Unique for ever. */
  readonly id: string;
  readonly plan: Plan;
  /**
   * What becomes of an unfinished run of the component: `reject` keeps one that waits, `supersede` takes its place,
   * `beside` leaves it alone. One that may have left an effect is never passed over. @default "reject"
   */
  readonly onConflict?: Conflict;
}

/** How a new run meets an unfinished one. */
export type Conflict = "reject" | "supersede" | "beside";

/** How a run came out of this process. */
export interface Ended {
  readonly status: RunStatus;
  readonly result: PipelineResult;
  readonly startedAt: number;
  readonly wait?: Wait;
}

/** Sole ownership of something, until it is released or this process ends. */
export interface Hold {
  release(): void;
}

/** Carries out runs so that they survive their process. */
export interface Engine {
  /** What is on record. Facts and samples are added through it; runs only through the engine. */
  readonly journal: Journal;
  /**
   * Begins a run and follows it to its end, or to where it waits.
   * @throws {TowpathError} TP6101 when another run owns a component, TP6103 when the run is not the one that was
   *   recorded, TP6102, TP6107 or TP6109 when the journal fails
   */
  start(run: NewRun, work: Work): Promise<Ended>;
  /**
   * Goes on with a run: what is recorded is answered, the rest is done. A closed run answers as it did, and does nothing.
   * @throws {TowpathError} TP6003 when there is none, TP6108 when another has taken its place, and as `start`
   */
  resume(id: string, work: Work): Promise<Ended>;
  /** The runs that are worth resuming now, oldest first. @param now epoch milliseconds */
  due(now: number): readonly RunRow[];
  close(): void;
}

/** What an engine is made of. */
export interface EngineParts {
  readonly journal: Journal;
  readonly clock: Clock;
  /**
   * Takes sole ownership of a component, for a run.
   * @throws {TowpathError} TP6101 when somebody else has it
   */
  lock(component: string, run: string): Hold;
}

/**
 * Makes an engine over a journal and a lock. All that is hard about surviving is here and in `journalCtx`, so that
 * another journal is another table, not another protocol.
 */
export function createEngine({ journal, clock, lock }: EngineParts): Engine {
  const follow = async (row: RunRow, work: Work): Promise<Ended> => {
    const { id, plan, startedAt } = row;
    const pending: TowpathEvent[] = [];
    const stop = work.bus.onAny((event) => {
      // What tools print is kept in the run's folder and not in the journal.
      if (event.type !== "log") pending.push(event);
    });
    const takeEvents = (): readonly TowpathEvent[] => pending.splice(0);
    const fence = { run: id, epoch: row.epoch };
    const begun = clock.monotonic();
    try {
      const ctx = journalCtx({
        run: { id, plan },
        epoch: row.epoch,
        journal,
        steps: work.steps,
        clock,
        signal: work.signal,
        ...(work.settle === undefined ? {} : { settle: work.settle }),
        redact: work.redact ?? ((text) => text),
        warn: (message) => work.bus.emit("warning", { message }),
        takeEvents,
        onRetry: (gate, attempt, delayMs, reason) =>
          work.bus.emit("retry", { gate, attempt, delayMs, reason }),
      });
      const result = await work.pipeline(ctx);
      const wait = ctx.parked();
      const status: RunStatus =
        ctx.unknown() !== undefined
          ? "unknown"
          : work.signal.aborted
            ? "stopped"
            : wait === undefined
              ? "closed"
              : "parked";
      work.bus.emit("run:end", { exit: result.exit, status, durationMs: clock.monotonic() - begun });
      // A closed run that was answered again stays as it was.
      if (row.status !== "closed") {
        journal.commit({
          fence,
          update: { run: id, status, exit: result.exit, changedAt: clock.now(), wait: wait ?? null },
          events: takeEvents().map((event) => ({ run: id, event })),
        });
      }
      return { status, result, startedAt, ...(wait === undefined ? {} : { wait }) };
    } catch (error) {
      if (isJournalError(error) && error.data.code !== "TP6107") halt(journal, row, clock.now());
      throw error;
    } finally {
      stop();
    }
  };

  const owned = async (
    plan: Plan,
    run: string,
    { reap }: Pick<Work, "reap">,
    carryOut: () => Promise<Ended>,
  ): Promise<Ended> => {
    const holds = ownedBy(plan).map((component) => lock(component, run));
    try {
      return await carryOut();
    } finally {
      // What a tool left running must not outlive the ownership.
      if (holds.length > 0) await reap?.(run);
      for (const hold of holds.toReversed()) hold.release();
    }
  };

  return {
    journal,
    start: ({ id, plan, onConflict = "reject" }, work) =>
      owned(plan, id, work, async () => {
        for (const component of ownedBy(plan))
          await settleOpenRuns(journal, component, onConflict, clock.now(), work.reap);
        const now = clock.now();
        const row: RunRow = { id, plan, startedAt: now, epoch: 1, status: "running", changedAt: now };
        journal.commit({ begin: row });
        return follow(row, work);
      }),
    async resume(id, work) {
      const found = findRun(journal, id);
      if (found.status === "closed") return follow(found, work);
      return owned(found.plan, id, work, async () => {
        // Again, now that it is ours: until then others could pass it over or close it.
        const row = findRun(journal, id);
        if (row.status === "closed") return follow(row, work);
        await work.reap?.(id);
        const epoch = row.epoch + 1;
        journal.commit({
          fence: { run: id, epoch: row.epoch },
          update: { run: id, epoch, status: "running", wait: null, changedAt: clock.now() },
        });
        return follow({ ...row, epoch, status: "running" }, work);
      });
    },
    due: (now) => dueRuns(journal, now),
    close: () => journal.close(),
  };
}

/** Checks only look, so any number of them may run beside each other. */
function ownedBy(plan: Plan): readonly string[] {
  return plan.kind === "check" ? [] : plan.components.map(({ name }) => name).toSorted();
}

/** @throws {TowpathError} TP6003, TP6108 */
function findRun(journal: Journal, id: string): RunRow {
  const found = journal.run(id);
  if (!found) throw new TowpathError("TP6003", { message: `there is no run ${id}` });
  if (found.status === "superseded")
    throw new TowpathError("TP6108", { message: `another run has taken the place of ${id}` });
  return found;
}

/**
 * The runs that are worth resuming: parked ones whose time has come, and those that were interrupted, oldest first. One
 * that a process works on at this moment is among them, too; its lock says so.
 * @param now epoch milliseconds
 */
export function dueRuns(journal: Journal, now: number): readonly RunRow[] {
  const isDue = ({ plan, status, wait }: RunRow): boolean => {
    if (plan.kind === "check" || status === "unknown") return false;
    return status !== "parked" || (wait?.until !== undefined && wait.until <= now);
  };
  return journal.runs({ open: true }).filter(isDue).toReversed();
}

/** Nobody holds the component, so no process works on these runs. One that may have left an effect is not passed over. */
async function settleOpenRuns(
  journal: Journal,
  component: string,
  onConflict: Conflict,
  now: number,
  reap: Work["reap"],
): Promise<void> {
  for (const row of journal.runs({ component, open: true })) {
    if (row.plan.kind === "check") continue;
    const open = openEffect(journal.steps(row.id));
    if (open !== undefined || (row.status === "parked" && onConflict === "reject")) {
      throw new TowpathError("TP6101", {
        message: `the run ${row.id} owns the component ${component}: ${open ?? `it waits for ${row.wait?.for ?? "something"}`}`,
        fix: [
          `towpath resume ${row.id}`,
          ...(open === undefined ? [`towpath run --component ${component} --supersede`] : []),
        ],
      });
    }
    if (onConflict === "beside") continue;
    await reap?.(row.id);
    const update = {
      run: row.id,
      status: "superseded",
      epoch: row.epoch + 1,
      changedAt: now,
      wait: null,
    } as const;
    journal.commit({ fence: { run: row.id, epoch: row.epoch }, update });
  }
}

/** What a run has begun at a target and not brought to an end, in words. */
function openEffect(steps: readonly StepRow[]): string | undefined {
  const doubtful = steps.find(
    ({ effect, state }) => effect === "guarded" && (state === "intent" || state === "unknown"),
  );
  if (doubtful !== undefined) return `its step ${doubtful.id} was begun, and nobody knows how it ended`;
  const ended = new Set(steps.filter(({ outcome }) => outcome?.ok === true).map(({ id }) => id));
  const inPlace = steps.find(({ id, effect, outcome }) => {
    if (effect !== "guarded" || outcome?.ok !== true || !isDeployed(outcome.value)) return false;
    const folder = id.slice(0, id.lastIndexOf("/"));
    return !ended.has(`${folder}/confirm`) && !ended.has(`${folder}/rollback`);
  });
  if (inPlace === undefined) return undefined;
  return `what ${inPlace.id} has put in place was neither found good nor taken back`;
}

function isDeployed(value: unknown): boolean {
  return typeof value === "object" && value !== null && "state" in value && value.state === "deployed";
}

/** Says in the journal that it could not be written, where that works again. */
function halt(journal: Journal, { id, epoch }: RunRow, now: number): void {
  try {
    journal.commit({ fence: { run: id, epoch }, update: { run: id, status: "halted", changedAt: now } });
  } catch {
    // It still cannot. The run stays as running, which for a run without owner means the same.
  }
}
