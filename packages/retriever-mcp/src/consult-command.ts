import type { ExecResult, GateContext } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { ConversationTransport } from "./conversation-transport.ts";
import { isGone, refusesHandshake, type Session, type SessionRequest, withSession } from "./session.ts";

/** A server that is started for one consultation. */
export interface CommandConsultation {
  readonly command: readonly string[];
  /** Names of variables that it gets. */
  readonly env: readonly string[];
  readonly timeoutMs: number;
  readonly onCall: SessionRequest["onCall"];
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Starts a server, asks it, and stops it with all that it started. A server that refuses the handshake is started once
 * more and spoken with without one.
 * @throws {Error} when it cannot be started, ends, takes too long, or what `use` throws
 */
export async function consultCommand<T>(
  consultation: CommandConsultation,
  ctx: GateContext,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const begun = performance.now();
  const first = await converse(consultation, "handshake", ctx, use);
  if ("value" in first) return first.value;
  if (!refusesHandshake(first.error)) throw first.error;
  const left = consultation.timeoutMs - (performance.now() - begun);
  const second = await converse({ ...consultation, timeoutMs: Math.max(1, left) }, "stateless", ctx, use);
  if ("value" in second) return second.value;
  throw second.error;
}

async function converse<T>(
  { command, env, timeoutMs, onCall }: CommandConsultation,
  era: SessionRequest["era"],
  ctx: GateContext,
  use: (session: Session) => Promise<T>,
): Promise<Outcome<T>> {
  const [program = "", ...args] = command;
  let outcome: Outcome<T> | undefined;
  let failure: Error | undefined;
  const result = await ctx.exec({
    command: program,
    args,
    env: Object.fromEntries(
      env.flatMap((name) => (ctx.env[name] === undefined ? [] : [[name, ctx.env[name]]])),
    ),
    timeoutMs,
    signal: ctx.signal,
    maxOutputBytes: 64 * 1024,
    async converse(conversation) {
      const transport = new ConversationTransport(conversation);
      try {
        outcome = {
          value: await withSession({ transport, era, timeoutMs, signal: ctx.signal, onCall }, use),
        };
      } catch (error) {
        outcome = { error };
        failure = transport.failure;
      }
    },
  });
  if (outcome !== undefined && "value" in outcome) return outcome;
  const error = outcome?.error;
  return { error: failure ?? endedEarly(result, error, timeoutMs) ?? error };
}

/** Why the process ended before it had answered, where that is what went wrong. */
function endedEarly(
  { status, code, signal, stderr, startError }: ExecResult,
  error: unknown,
  timeoutMs: number,
): Error | undefined {
  const said = stderr.trim() === "" ? "" : `: ${excerpt(stderr.trim().slice(-400), 400)}`;
  if (status === "not-started")
    return new Error(`the server was not started: ${excerpt(startError?.message ?? "", 300)}`);
  if (status === "timed-out")
    return new Error(`the server did not answer within ${Math.round(timeoutMs)} ms${said}`);
  if (status === "aborted") return new Error("the run was stopped");
  if (!isGone(error)) return undefined;
  return new Error(`the server ended with ${signal ?? `code ${code}`} before it had answered${said}`);
}
