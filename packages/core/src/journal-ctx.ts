import { digestOf } from "./canonical.ts";
import { isBreakage, breakageKinds } from "./breakage.ts";
import type { Ctx, Outcome, StepCall, StepError } from "./ctx.ts";
import type { ProbeAnswer } from "./deployer.ts";
import { errorDataOf } from "./error-data.ts";
import { isTowpathError, TowpathError, type ErrorData } from "./errors.ts";
import type { TowpathEvent } from "./events.ts";
import type { Fact } from "./facts.ts";
import type { Clock } from "./host.ts";
import type { Change, Journal, StepRow, Wait } from "./journal.ts";
import type { Plan } from "./plan.ts";
import type { GateResult } from "./result.ts";
import { delayBefore } from "./retry.ts";
import type { Message } from "./session.ts";
import type { StepExecutor, StepIO } from "./step.ts";

/** What an operator found at a target that does not answer. */
export type Settlement = "applied" | "absent";

/** What a run needs to be carried out over a journal. */
export interface JournalCtxParts {
  readonly run: { readonly id: string; readonly plan: Plan };
  readonly epoch: number;
  readonly journal: Journal;
  readonly steps: StepExecutor;
  readonly clock: Clock;
  /** Aborted when the run is cancelled: no new step begins, a guarded one is finished. */
  readonly signal: AbortSignal;
  /** What an operator says of the effect that nobody could tell about when the run was left; of no other. */
  readonly settle?: Settlement;
  /** Takes secrets out of words before they are written. */
  redact(text: string): string;
  /** Tells what a reader of the record should know. */
  warn(message: string): void;
  /** Events that were seen since the last call, to be written with the next change. */
  takeEvents(): readonly TowpathEvent[];
  /** Tells that a guarded step is tried again. */
  onRetry(step: string, attempt: number, delayMs: number, reason: string): void;
}

/** A run over a journal, with what its engine must know when the pipeline has returned. */
export interface JournalCtx extends Ctx {
  /** The wait that the pipeline returned for, if it did. */
  parked(): Wait | undefined;
  /** Why nobody knows whether an effect was done, if so. */
  unknown(): string | undefined;
}

/**
 * The step protocol. A recorded outcome is answered and never done again. A pure or idempotent step is done and its
 * outcome written in one transaction with all that it handed over. A guarded step is written down first; when it was
 * begun before and nobody wrote how it ended, its target is asked before anything is done.
 */
export function journalCtx(parts: JournalCtxParts): JournalCtx {
  const { run, journal, clock, signal, epoch } = parts;
  const known = new Map(journal.steps(run.id).map((row) => [row.id, row]));
  const used = new Set<string>();
  const times: StepRow[] = [];
  let parked: Wait | undefined;
  let unknown: string | undefined;

  const claim = (id: string): StepRow | undefined => {
    if (used.has(id)) throw new TypeError(`the step id ${id} is used twice`);
    used.add(id);
    return known.get(id);
  };
  const write = (step: StepRow, handed: Handed = nothing): void => {
    const change: Change = {
      fence: { run: run.id, epoch },
      steps: [...times, step].map((row) => ({ run: run.id, step: row })),
      events: parts.takeEvents().map((event) => ({ run: run.id, event })),
      ...handed,
    };
    journal.commit(change);
    times.length = 0;
    known.set(step.id, step);
  };

  const guarded = async (
    id: string,
    call: StepCall,
    input: unknown,
    digest: string,
    before: StepRow | undefined,
  ): Promise<Outcome<unknown>> => {
    const key = digestOf({ run: run.id, step: id, input: digest });
    const most = 1 + (call.retry?.max ?? 0);
    let row: StepRow = before ?? { id, digest, effect: "guarded", state: "intent", attempt: 0, epoch };
    // An operator who resumes it wants it tried again, as often as at first.
    let anew = row.state === "unknown";
    if (anew) row = { ...row, broke: 0 };
    const done = (outcome: Outcome<unknown>, handed: Handed): Outcome<unknown> => {
      write({ ...row, epoch, state: "done", outcome }, handed);
      return outcome;
    };
    const doubt = (why: string): Outcome<unknown> => {
      unknown = `${id}: ${why} (key ${key})`;
      write({ ...row, epoch, state: "unknown", why });
      return failed("TP5005", unknown, "unknown");
    };
    for (;;) {
      if (row.attempt > 0) {
        if (row.dueMs !== undefined) await sleepTo(clock, row.dueMs, signal);
        const asked = collect({ key, epoch, attempt: row.attempt });
        const settle = anew ? parts.settle : undefined;
        const answer = await ask({ ...parts, settle }, call, input, asked.io, id);
        if (answer.state === "unknown") return doubt([row.why ?? [], answer.why].flat().join("; "));
        if (answer.state === "applied")
          return done({ ok: true, value: answer.result ?? null }, asked.handed());
        // It broke, is not to be tried again, and was not done.
        if (row.code !== undefined && row.dueMs === undefined && !anew) {
          const why = row.why ?? "it broke";
          return call.mustSucceed === true ? doubt(why) : done(failed(row.code, why, "failed"), nothing);
        }
        anew = false;
      }
      // What was begun at a target is finished; but nothing new is begun, except to take back what is there.
      if (signal.aborted && call.mustSucceed !== true) return cancelled();
      const attempt = row.attempt + 1;
      const broke = row.broke ?? 0;
      row = { id, digest, effect: "guarded", state: "intent", attempt, broke, epoch };
      write(row);
      const made = collect({ key, epoch, attempt });
      try {
        const value = (await parts.steps.execute(call, input, made.io)) ?? null;
        return done({ ok: true, value }, made.handed());
      } catch (error) {
        if (isJournalError(error)) throw error;
        const why = parts.redact(wordsOf(error));
        const again = isBreakage(error) && breakageKinds[error.kind].retries !== "never" && broke + 1 < most;
        const delayMs = again && call.retry ? (delayBefore(broke + 1, call.retry) ?? 0) : 0;
        const due = again ? { dueMs: clock.now() + delayMs } : {};
        // Whatever it says, the target decides whether it was done: a time-out may come after the effect.
        row = { ...row, broke: broke + 1, why, code: errorDataOf(error).code, ...due };
        write(row);
        if (again) parts.onRetry(id, attempt + 1, delayMs, why);
      }
    }
  };

  return {
    run,
    parked: () => parked,
    unknown: () => unknown,
    async step<O>(id: string, call: StepCall, input: unknown): Promise<Outcome<O>> {
      const row = claim(id);
      const digest = digestOf({ call: { plugin: call.plugin, name: call.name, effect: call.effect }, input });
      if (row !== undefined && row.digest !== digest) {
        throw new TowpathError("TP6103", { message: `the step ${id} was recorded with another input` });
      }
      // The pipeline names the type of the value that the executor's function of this name returns.
      if (row?.outcome !== undefined) return row.outcome as Outcome<O>;
      if (call.effect === "guarded") return (await guarded(id, call, input, digest, row)) as Outcome<O>;
      if (signal.aborted) return cancelled();
      const attempt = (row?.attempt ?? 0) + 1;
      const made = collect({ key: digestOf({ run: run.id, step: id, input: digest }), epoch, attempt });
      let outcome: Outcome<unknown>;
      try {
        outcome = { ok: true, value: (await parts.steps.execute(call, input, made.io)) ?? null };
      } catch (error) {
        if (isJournalError(error)) throw error;
        outcome = { ok: false, error: { ...redacted(errorDataOf(error), parts.redact), kind: "failed" } };
      }
      // What a stopped step says may rest on half a report: it is shown, and not kept, so it is done again.
      if (signal.aborted && call.uncancellable !== true)
        return outcome.ok ? (outcome as Outcome<O>) : cancelled();
      const handed = outcome.ok ? made.handed() : nothing;
      write({ id, digest, effect: call.effect, state: "done", attempt, epoch, outcome }, handed);
      return outcome as Outcome<O>;
    },
    async sleepUntil(id, epochMs) {
      if (claim(id) !== undefined) return;
      await sleepTo(clock, epochMs, signal);
      // A clock that is set back does not make it wait anew.
      if (!signal.aborted) times.push(recorded(id, null));
    },
    async waitFor(id, asked) {
      const row = claim(id);
      if (row?.state === "done") return "woken";
      const base = { id, digest: digestOf("wait"), effect: "wait" as const, attempt: 1, epoch };
      if (row === undefined) {
        write({ ...base, state: "waiting", ...(asked.until === undefined ? {} : { dueMs: asked.until }) });
        parked = { step: id, ...asked };
        return "parked";
      }
      // Whoever resumes the run wants it asked again.
      write({ ...base, state: "done", outcome: { ok: true, value: null } });
      return "woken";
    },
    async now(id) {
      const row = claim(id);
      if (row?.outcome?.ok === true && typeof row.outcome.value === "number") return row.outcome.value;
      const value = clock.now();
      // Written with the next step: until then nothing that lasts was made of it.
      times.push(recorded(id, value));
      return value;
    },
  };

  function recorded(id: string, value: number | null): StepRow {
    const outcome = { ok: true, value } as const;
    return { id, digest: digestOf("time"), effect: "time", state: "done", attempt: 1, epoch, outcome };
  }
}

type Handed = Pick<Change, "evidence" | "facts" | "messages">;
const nothing: Handed = {};

/** What a step hands over, kept until its outcome is written. */
function collect(stamp: Pick<StepIO, "key" | "epoch" | "attempt">): {
  readonly io: StepIO;
  handed(): Handed;
} {
  const evidence: GateResult[] = [];
  const facts: { component: string; fact: Fact }[] = [];
  const messages: { component: string; message: Message }[] = [];
  return {
    io: {
      ...stamp,
      evidence: (result) => void evidence.push(result),
      fact: (component, fact) => void facts.push({ component, fact }),
      message: (component, message) => void messages.push({ component, message }),
    },
    handed: () => ({ evidence, facts, messages }),
  };
}

/** A probe that fails has not said that nothing was done; only an operator can say so in its place. */
async function ask(
  {
    steps,
    settle,
    warn,
    redact,
  }: Pick<JournalCtxParts, "steps" | "warn" | "redact"> & { readonly settle: Settlement | undefined },
  call: StepCall,
  input: unknown,
  io: StepIO,
  id: string,
): Promise<ProbeAnswer<unknown>> {
  const answer = await probed(steps, call, input, io);
  if (answer.state !== "unknown") return answer;
  if (settle === undefined) return { state: "unknown", why: redact(answer.why) };
  warn(`an operator says that the effect of ${id} is ${settle}; its target says: ${redact(answer.why)}`);
  return settle === "absent"
    ? { state: "absent" }
    : { state: "applied", result: await steps.assume(call, input, io) };
}

async function probed(
  steps: StepExecutor,
  call: StepCall,
  input: unknown,
  io: StepIO,
): Promise<ProbeAnswer<unknown>> {
  try {
    return await steps.probe(call, input, io);
  } catch (error) {
    if (isJournalError(error)) throw error;
    return { state: "unknown", why: wordsOf(error) };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function sleepTo(clock: Clock, epochMs: number, signal: AbortSignal): Promise<void> {
  try {
    // Against the wall clock again and again: a machine that was suspended must not wait anew.
    for (let left = epochMs - clock.now(); left > 0; left = epochMs - clock.now()) {
      await clock.sleep(Math.min(left, 3_600_000), signal);
    }
  } catch (error) {
    // A cancelled run wakes up; its next step says that it is cancelled.
    if (!signal.aborted) throw error;
  }
}

function failed(code: string, message: string, kind: StepError["kind"]): { ok: false; error: StepError } {
  return { ok: false, error: { code, message, kind } };
}

function cancelled(): { ok: false; error: StepError } {
  return failed("TP4011", "the run was cancelled", "cancelled");
}

function redacted(
  { code, message, why, fix, where }: ErrorData,
  redact: (text: string) => string,
): ErrorData {
  return { code, message: redact(message), why: redact(why), fix: fix.map(redact), where: where.map(redact) };
}

/** The journal itself failed: no outcome can be kept, so the run ends here. */
export function isJournalError(error: unknown): error is TowpathError {
  return isTowpathError(error) && /^TP610[12679]$/.test(error.data.code);
}
