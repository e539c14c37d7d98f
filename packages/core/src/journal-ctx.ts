import { digestOf } from "./canonical.ts";
import { isBreakage, breakageKinds } from "./breakage.ts";
import type { Ctx, Outcome, StepCall, StepError } from "./ctx.ts";
import type { ProbeAnswer } from "./deployer.ts";
import { isTowpathError, TowpathError } from "./errors.ts";
import type { TowpathEvent } from "./events.ts";
import type { Fact } from "./facts.ts";
import type { Clock } from "./host.ts";
import type { Change, Journal, StepRow, Wait } from "./journal.ts";
import type { Plan } from "./plan.ts";
import type { GateResult } from "./result.ts";
import { delayBefore } from "./retry.ts";
import type { Message } from "./session.ts";
import type { StepExecutor, StepIO } from "./step.ts";

/** What a run needs to be carried out over a journal. */
export interface JournalCtxParts {
  readonly run: { readonly id: string; readonly plan: Plan };
  readonly epoch: number;
  readonly journal: Journal;
  readonly steps: StepExecutor;
  readonly clock: Clock;
  /** Aborted when the run is cancelled: no new step begins, a guarded one is finished. */
  readonly signal: AbortSignal;
  /** Whether waits are waited for in this process. */
  readonly wait: boolean;
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

/** How long a wait without a known end is slept before it is asked again, in milliseconds. */
const askAgainMs = 5_000;

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
    for (;;) {
      if (row.attempt > 0) {
        if (row.dueMs !== undefined) await sleepTo(clock, row.dueMs, signal);
        const asked = collect({ key, epoch, attempt: row.attempt });
        const answer = await ask(parts.steps, call, input, asked.io);
        if (answer.state === "unknown") {
          unknown = `${id}: ${answer.why}`;
          write({ ...row, epoch, state: "unknown", why: answer.why });
          return failed("TP5005", unknown, "unknown");
        }
        if (answer.state === "applied") {
          const outcome: Outcome<unknown> = { ok: true, value: answer.result ?? null };
          write({ ...row, epoch, state: "done", outcome }, asked.handed());
          return outcome;
        }
        if (row.attempt >= most) {
          const outcome = failed("TP4005", row.why ?? "it was interrupted too often", "failed");
          write({ ...row, epoch, state: "done", outcome });
          return outcome;
        }
      }
      // What was begun at a target is finished; but nothing new is begun.
      if (signal.aborted) return cancelled();
      const attempt = row.attempt + 1;
      row = { id, digest, effect: "guarded", state: "intent", attempt, epoch };
      write(row);
      const made = collect({ key, epoch, attempt });
      try {
        const value = (await parts.steps.execute(call, input, made.io)) ?? null;
        const outcome: Outcome<unknown> = { ok: true, value };
        write({ ...row, state: "done", outcome }, made.handed());
        return outcome;
      } catch (error) {
        if (isJournalError(error)) throw error;
        const why = error instanceof Error ? error.message : String(error);
        const again = isBreakage(error) && breakageKinds[error.kind].retries !== "never" && attempt < most;
        const delayMs = again && call.retry ? (delayBefore(attempt, call.retry) ?? 0) : 0;
        // Whatever it says, the target decides whether it was done: a time-out may come after the effect.
        row = { ...row, why, ...(again ? { dueMs: clock.now() + delayMs } : {}) };
        write(row);
        if (again) {
          parts.onRetry(id, attempt + 1, delayMs, why);
          continue;
        }
        const asked = collect({ key, epoch, attempt });
        const answer = await ask(parts.steps, call, input, asked.io);
        if (answer.state === "unknown") {
          unknown = `${id}: ${why}; ${answer.why}`;
          write({ ...row, state: "unknown", why: unknown });
          return failed("TP5005", unknown, "unknown");
        }
        const outcome: Outcome<unknown> =
          answer.state === "applied"
            ? { ok: true, value: answer.result ?? null }
            : failed(codeOf(error), why, "failed");
        write({ ...row, state: "done", outcome }, answer.state === "applied" ? asked.handed() : nothing);
        return outcome;
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
        outcome = failed(codeOf(error), error instanceof Error ? error.message : String(error), "failed");
      }
      // What a stopped step says may rest on half a report: it is shown, and not kept, so it is done again.
      if (signal.aborted) return outcome.ok ? (outcome as Outcome<O>) : cancelled();
      const handed = outcome.ok ? made.handed() : nothing;
      write({ id, digest, effect: call.effect, state: "done", attempt, epoch, outcome }, handed);
      return outcome as Outcome<O>;
    },
    async sleepUntil(id, epochMs) {
      claim(id);
      await sleepTo(clock, epochMs, signal);
    },
    async waitFor(id, asked) {
      const row = claim(id);
      const digest = digestOf("wait");
      const wait: Wait = { step: id, ...asked };
      if (row?.state === "done") return "woken";
      const base = { id, digest, effect: "wait" as const, attempt: 1, epoch };
      // Whoever resumes the run wants it asked again.
      if (row === undefined) {
        write({ ...base, state: "waiting", ...(asked.until === undefined ? {} : { dueMs: asked.until }) });
        if (!parts.wait) {
          parked = wait;
          return "parked";
        }
        await sleepTo(clock, asked.until ?? clock.now() + askAgainMs, signal);
        if (signal.aborted) {
          parked = wait;
          return "parked";
        }
      }
      write({ ...base, state: "done", outcome: { ok: true, value: null } });
      return "woken";
    },
    async now(id) {
      const row = claim(id);
      if (row?.outcome?.ok === true && typeof row.outcome.value === "number") return row.outcome.value;
      const value = clock.now();
      // Written with the next step: until then nothing that lasts was made of it.
      times.push({
        id,
        digest: digestOf("now"),
        effect: "time",
        state: "done",
        attempt: 1,
        epoch,
        outcome: { ok: true, value },
      });
      return value;
    },
  };
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

/** A probe that fails has not said that nothing was done. */
async function ask(
  steps: StepExecutor,
  call: StepCall,
  input: unknown,
  io: StepIO,
): Promise<ProbeAnswer<unknown>> {
  try {
    return await steps.probe(call, input, io);
  } catch (error) {
    if (isJournalError(error)) throw error;
    return { state: "unknown", why: error instanceof Error ? error.message : String(error) };
  }
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

function codeOf(error: unknown): string {
  if (isTowpathError(error)) return error.data.code;
  return isBreakage(error) ? breakageKinds[error.kind].code : "TP9001";
}

/** The journal itself failed: no outcome can be kept, so the run ends here. */
export function isJournalError(error: unknown): error is TowpathError {
  return isTowpathError(error) && /^TP610[12679]$/.test(error.data.code);
}
