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
import { z } from "zod";
import type { AgentFiles } from "./agent-files.ts";
import { guardedOutput, speechLimits } from "./guarded-output.ts";
import { answerPermission, type KnownCall } from "./permission.ts";
import type { Terminals } from "./terminals.ts";

/** What one round needs for the conversation. */
export interface Speech {
  /** Absolute path of the working folder. */
  readonly folder: string;
  readonly prompt: string;
  readonly files: AgentFiles;
  /** Absent when the agent may have nothing run. */
  readonly terminals?: Terminals;
  readonly mcp?: readonly [string, ...string[]] | undefined;
  readonly limits: { readonly timeoutMs: number; readonly maxTokens?: number; readonly maxCost?: number };
  /** Whether the agent was given a variable by name, which may hold a key. */
  readonly hasKey: boolean;
  /** How a person lets the agent log in. */
  readonly login: readonly string[];
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** What an agent has used, as far as it tells. */
export interface Usage {
  readonly tokens?: number;
  readonly cost?: number;
  readonly currency?: string;
}

/** How a conversation ended. */
export interface SpeechEnd {
  /** `budget`: it was stopped, as it used more than it may. `gone`: the process ended amid the conversation. */
  readonly reason: StopReason | "budget" | "gone";
  /** In words, where there is more to say. */
  readonly detail?: string;
  /** The agent's last words, cut. */
  readonly summary: string;
  readonly usage: Usage;
}

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
const mostSummary = 4_000;
/** Tool calls that are remembered, for when leave is asked for one. */
const mostCalls = 5_000;
const authRequired = -32_000;
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
    const session = await answered(open(connection, speech)).finally(() => clearTimeout(opening));
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

/** Shakes hands and opens a session; with the key in its environment where the agent wants that said. */
async function open(connection: ClientConnection, speech: Speech): Promise<string> {
  const { agent } = connection;
  const { protocolVersion, authMethods } = await agent.request(methods.agent.initialize, {
    protocolVersion: 1,
    clientCapabilities: {
      fs: { readTextFile: true, writeTextFile: true },
      terminal: speech.terminals !== undefined,
    },
    clientInfo: { name: "towpath", version: "1" },
  });
  if (protocolVersion !== 1) {
    throw new Breakage("tool-version", {
      message: `the agent speaks version ${excerpt(String(protocolVersion), 20)} of the protocol, not 1`,
    });
  }
  try {
    return await openSession(connection, speech);
  } catch (error) {
    const methodId = speech.hasKey && isAuthRequired(error) ? keyMethodIn(authMethods) : undefined;
    if (methodId === undefined) throw error;
    await agent.request(methods.agent.authenticate, { methodId });
    return openSession(connection, speech);
  }
}

async function openSession({ agent }: ClientConnection, { folder, mcp }: Speech): Promise<string> {
  const [command, ...args] = mcp ?? [];
  const { sessionId } = await agent.request(methods.agent.session.new, {
    cwd: folder,
    mcpServers: command === undefined ? [] : [{ name: "towpath", command, args, env: [] }],
  });
  // The library looks at what an agent asks, not at what it answers.
  if (typeof sessionId !== "string") throw noProtocol("it opened a session without an id");
  return sessionId;
}

const keyMethods = z.array(
  z.looseObject({ id: z.string(), _meta: z.looseObject({ "api-key": z.unknown() }).optional() }),
);

/** The way to log in that takes a key, and therefore no person. */
function keyMethodIn(authMethods: unknown): string | undefined {
  return keyMethods.safeParse(authMethods).data?.find(({ _meta }) => _meta?.["api-key"] !== undefined)?.id;
}

function isAuthRequired(error: unknown): boolean {
  return error instanceof RequestError && error.code === authRequired;
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

const call = z.looseObject({
  toolCallId: z.string(),
  title: z.string().nullish(),
  kind: z.string().nullish(),
  locations: z.array(z.looseObject({ path: z.string() })).nullish(),
  content: z.array(z.looseObject({ type: z.string(), path: z.string().optional() })).nullish(),
});
/** The updates that are listened to. */
const heardUpdate = z.discriminatedUnion("sessionUpdate", [
  z.looseObject({
    sessionUpdate: z.literal("agent_message_chunk"),
    content: z.looseObject({ type: z.string(), text: z.string().optional() }),
  }),
  call.extend({ sessionUpdate: z.enum(["tool_call", "tool_call_update"]) }),
  z.looseObject({
    sessionUpdate: z.literal("plan"),
    entries: z.array(z.looseObject({ content: z.string(), status: z.string() })),
  }),
  z.looseObject({
    sessionUpdate: z.literal("usage_update"),
    used: z.number(),
    cost: z.looseObject({ amount: z.number(), currency: z.string() }).nullish(),
  }),
]);
const notification = z.looseObject({ update: heardUpdate });

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

/** Hears what an agent tells of its work. */
interface Listener {
  /** What was told of tool calls, by their ids. */
  readonly calls: ReadonlyMap<string, KnownCall>;
  /**
   * @param params of a notification; one that is not listened to, or is not as it should be, changes nothing
   * @returns in words how the budget is exceeded, if it is
   */
  hear(params: unknown): string | undefined;
  end(reason: SpeechEnd["reason"], detail?: string): SpeechEnd;
}

function listener({ limits: { maxTokens, maxCost }, log }: Speech): Listener {
  const calls = new Map<string, KnownCall>();
  let words = "";
  let isNewMessage = false;
  let usage: Usage = {};
  const note = (line: string): void => log(excerpt(line, 300));
  return {
    calls,
    hear(params) {
      const update = notification.safeParse(params).data?.update;
      if (update === undefined) return undefined;
      if (update.sessionUpdate === "agent_message_chunk") {
        words = ((isNewMessage ? "" : words) + (update.content.text ?? "")).slice(-2 * mostSummary);
        isNewMessage = false;
      } else if (update.sessionUpdate === "tool_call" || update.sessionUpdate === "tool_call_update") {
        isNewMessage = true;
        const { kind, locations, content } = update;
        const known = calls.get(update.toolCallId);
        if (known !== undefined || calls.size < mostCalls) {
          calls.set(update.toolCallId, {
            ...known,
            ...(kind != null && { kind }),
            ...(locations != null && { locations }),
            ...(content != null && { content }),
          });
        }
        if (update.sessionUpdate === "tool_call") note(`the agent: ${update.title ?? update.toolCallId}`);
      } else if (update.sessionUpdate === "plan") {
        for (const { status, content } of update.entries) note(`the agent plans (${status}): ${content}`);
      } else if (update.sessionUpdate === "usage_update") {
        const { used, cost } = update;
        usage = {
          tokens: Math.max(used, usage.tokens ?? 0),
          ...(usage.cost === undefined ? {} : { cost: usage.cost, currency: usage.currency ?? "" }),
          ...(cost == null ? {} : { cost: cost.amount, currency: cost.currency }),
        };
        if (maxTokens !== undefined && used > maxTokens)
          return `it used ${used} tokens; ${maxTokens} are the most`;
        if (maxCost !== undefined && cost != null && cost.amount > maxCost)
          return `it cost ${cost.amount} ${excerpt(cost.currency, 10)}; ${maxCost} is the most`;
      }
      return undefined;
    },
    end: (reason, detail) => ({
      reason,
      ...(detail === undefined ? {} : { detail }),
      summary: excerpt(words.slice(-mostSummary), mostSummary),
      usage,
    }),
  };
}

function wantsPerson(request: CreateElicitationRequest): Breakage {
  const message = "message" in request ? String(request.message) : "";
  return new Breakage("environment", {
    message: "the agent asks a person something, and nobody is there to answer",
    why: excerpt(message, 500),
    fix: ["Configure the agent so that it can work without asking, and let it work again."],
  });
}

function noProtocol(how: string): Breakage {
  return new Breakage("parse", { message: `the agent does not keep to the protocol: ${how}` });
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
