import {
  client,
  type ClientConnection,
  type CreateElicitationRequest,
  methods,
  ndJsonStream,
  RequestError,
  type StopReason,
} from "@agentclientprotocol/sdk";
import { Breakage, type Conversation } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { guardedOutput, speechLimits } from "./guarded-output.ts";
import { listener, type Listener } from "./listener.ts";
import { isAuthRequired, noProtocol, openSession } from "./open-session.ts";
import { answerPermission } from "./permission.ts";
import type { Speech, SpeechEnd } from "./speech.ts";
import type { Terminals } from "./terminals.ts";

/** Ends a conversation early. */
class Halt extends Error {
  readonly end: Breakage | { readonly budget: string };

  constructor(end: Halt["end"]) {
    super("the conversation is ended");
    this.end = end;
  }
}

/** How long an agent that is told to stop may take to say that it has, in milliseconds. */
const cancelMs = 2_000;
/** How long an agent may take to start and to open a session: nothing is installed or asked for then. */
const openMs = 120_000;
const stopReasons: ReadonlySet<unknown> = new Set([
  "end_turn",
  "max_tokens",
  "max_turn_requests",
  "refusal",
  "cancelled",
] satisfies StopReason[]);

/**
 * Leads a conversation in version 1 of the Agent Client Protocol: opens a session, hands over the task, answers what
 * the agent asks, and waits until its turn ends. An agent that does not stop by itself is told to, and then left.
 * @throws {Breakage} when the agent does not keep to the protocol, wants a person, floods, or takes too long
 */
export async function speak({ input, output }: Conversation, speech: Speech): Promise<SpeechEnd> {
  const { signal, limits } = speech;
  const said = listener(speech);
  let halted: Halt | undefined;
  let reject: (halt: Halt) => void = () => {};
  const stopped = new Promise<never>((_, fail) => (reject = fail));
  stopped.catch(() => {});
  const halt = (end: Halt["end"]): void => {
    halted ??= new Halt(end);
    reject(halted);
  };
  const timer = setTimeout(() => halt(tooLong(limits.timeoutMs)), limits.timeoutMs);
  const onAbort = (): void => halt(new Breakage("cancelled", { message: "the agent was stopped" }));
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();

  const onUpdate = (params: unknown): void => {
    const over = said.hear(params);
    if (over !== undefined) halt({ budget: over });
  };
  const lines = output.pipeThrough(guardedOutput(speechLimits, { onBreak: halt, onUpdate }));
  const stream = ndJsonStream(input, lines, { maxMessageBytes: speechLimits.message });
  const connection = handlers(speech, said, { halt, isHalted: () => halted !== undefined }).connect(stream);
  const turn: { session?: string; ended?: Promise<unknown> } = {};
  try {
    const gone = connection.closed.then((): "gone" => "gone");
    const answered = <T>(answer: Promise<T>): Promise<T | "gone"> => Promise.race([answer, stopped, gone]);
    const opening = setTimeout(() => halt(tooLong(openMs, "to open a session")), openMs);
    const session = await answered(openSession(connection, speech)).finally(() => clearTimeout(opening));
    if (session === "gone") return said.end("gone");
    turn.session = session;
    const asked = connection.agent.request(methods.agent.session.prompt, {
      sessionId: session,
      prompt: [{ type: "text", text: speech.prompt }],
    });
    turn.ended = asked.catch(() => {});
    const response = await answered(asked);
    if (response === "gone") return said.end("gone");
    if (!stopReasons.has(response.stopReason)) throw noProtocol("it ended its turn without a known reason");
    return said.end(response.stopReason);
  } catch (error) {
    const cause = halted ?? error;
    if (isGone(connection, cause)) return said.end("gone");
    if (!(cause instanceof Halt)) throw asBreakage(cause, speech.login);
    if (turn.session !== undefined && turn.ended !== undefined)
      await cancel(connection, turn.session, turn.ended);
    if (cause.end instanceof Error) throw cause.end;
    return said.end("budget", cause.end.budget);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    connection.close();
  }
}

/** Whether a request failed as the connection is closed, and not by an answer. */
function isGone(connection: ClientConnection, error: unknown): boolean {
  const isOurs = error instanceof Halt || error instanceof RequestError || error instanceof Breakage;
  return connection.signal.aborted && !isOurs;
}

/** Tells the agent to stop, and gives it a little time to say that it has. */
async function cancel(
  connection: ClientConnection,
  sessionId: string,
  ended: Promise<unknown>,
): Promise<void> {
  const told = connection.agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => (timer = setTimeout(resolve, cancelMs)));
  await Promise.race([Promise.all([told, ended]), connection.closed, limit]);
  clearTimeout(timer);
}

interface Halting {
  halt(end: Halt["end"]): void;
  isHalted(): boolean;
}

function handlers(
  { files, terminals, log }: Speech,
  said: Listener,
  { halt, isHalted }: Halting,
): ReturnType<typeof client> {
  const noTerminals = (): never => {
    throw RequestError.methodNotFound("terminal/*");
  };
  const programs = (): Terminals => terminals ?? noTerminals();
  return client({ name: "towpath" })
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      if (isHalted()) return { outcome: { outcome: "cancelled" } };
      const known = said.calls.get(params.toolCall.toolCallId);
      return answerPermission(params, known, (path) => files.mayWrite(path));
    })
    .onRequest(methods.client.fs.readTextFile, ({ params }) => files.read(params))
    .onRequest(methods.client.fs.writeTextFile, async ({ params }) => {
      await files.write(params);
      return {};
    })
    .onRequest(methods.client.terminal.create, ({ params }) => {
      log(`the agent runs ${excerpt([params.command, ...(params.args ?? [])].join(" "), 200)}`);
      return programs().create(params);
    })
    .onRequest(methods.client.terminal.output, ({ params }) => programs().output(params.terminalId))
    .onRequest(methods.client.terminal.waitForExit, ({ params }) => programs().exit(params.terminalId))
    .onRequest(methods.client.terminal.kill, async ({ params }) => {
      await programs().kill(params.terminalId);
      return {};
    })
    .onRequest(methods.client.terminal.release, async ({ params }) => {
      await programs().release(params.terminalId);
      return {};
    })
    .onRequest(methods.client.elicitation.create, ({ params }) => {
      halt(wantsPerson(params));
      return { action: "cancel" };
    });
}

function wantsPerson(request: CreateElicitationRequest): Breakage {
  const message = "message" in request ? String(request.message) : "";
  return new Breakage("environment", {
    message: "the agent asks a person something, and nobody is there to answer",
    why: excerpt(message, 500),
    fix: ["Configure the agent so that it can work without asking, and let it work again."],
  });
}

function tooLong(ms: number, what = "for its round"): Breakage {
  return new Breakage("timeout", {
    message: `the agent took longer than ${ms} ms ${what}`,
    fix: ["Raise timeoutMs in the agent's options, or give it smaller tasks."],
  });
}

/** What an agent's error, or its misuse of the protocol, means. */
function asBreakage(error: unknown, login: readonly string[]): Breakage {
  if (error instanceof Breakage) return error;
  if (isAuthRequired(error)) {
    return new Breakage("environment", {
      message: "the agent is not logged in, and nobody is there to do it",
      why: excerpt(error instanceof Error ? error.message : "", 300),
      fix: login,
      cause: error,
    });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new Breakage("tool-crash", {
    message: `the agent could not work: ${excerpt(why, 300)}`,
    ...(error instanceof RequestError && error.data !== undefined
      ? { why: excerpt(JSON.stringify(error.data), 500) }
      : {}),
    cause: error,
  });
}
