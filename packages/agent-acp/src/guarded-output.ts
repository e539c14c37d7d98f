import { Breakage } from "@towpath/core";
import { excerpt } from "@towpath/kit";

/** How much an agent may say in one round. */
export interface SpeechLimits {
  readonly bytes: number;
  readonly messages: number;
  /** Bytes of one message. */
  readonly message: number;
  /** Lines that are no messages, such as what a program prints at its start. */
  readonly strays: number;
}

/** Far above what an agent says in hours of work. */
export const speechLimits: SpeechLimits = {
  bytes: 256 * 1024 * 1024,
  messages: 200_000,
  message: 16 * 1024 * 1024,
  strays: 100,
};

/** Who is told of what does not go through. */
export interface Listening {
  /** Why the stream failed; once. */
  onBreak(breakage: Breakage): void;
  /** Parameters of a `session/update`, unchecked: the library would print what is wrong with it. */
  onUpdate(params: unknown): void;
}

/**
 * Passes whole requests and answers on, tells of updates, and drops everything else, until one limit is reached; then the stream fails, and so does
 * the round.
 */
export function guardedOutput(
  limits: SpeechLimits,
  { onBreak, onUpdate }: Listening,
): TransformStream<Uint8Array, Uint8Array> {
  let pieces: Buffer[] = [];
  let pending = 0;
  let [bytes, messages, strays] = [0, 0, 0];
  const answered = new Set<unknown>();
  const check = (): void => {
    if (bytes > limits.bytes) throw flood(`it wrote more than ${limits.bytes} bytes`);
    if (messages > limits.messages) throw flood(`it sent more than ${limits.messages} messages`);
    if (pending > limits.message) throw flood(`one of its messages has more than ${limits.message} bytes`);
  };
  const take = (line: Buffer, controller: TransformStreamDefaultController<Uint8Array>): void => {
    const text = line.toString("utf8").trim();
    if (text === "") return;
    messages += 1;
    check();
    const message = messageIn(text, answered);
    if (message === "request or answer") controller.enqueue(Buffer.from(`${text}\n`));
    else if (message === undefined && (strays += 1) > limits.strays) throw noProtocol(text);
    else if (typeof message === "object") onUpdate(message.update);
  };
  return new TransformStream({
    transform(chunk, controller) {
      try {
        bytes += chunk.byteLength;
        let rest = Buffer.from(chunk);
        for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
          const line = Buffer.concat([...pieces, rest.subarray(0, end)]);
          [pieces, pending, rest] = [[], 0, rest.subarray(end + 1)];
          take(line, controller);
        }
        if (rest.length > 0) pieces.push(rest);
        pending += rest.length;
        check();
      } catch (error) {
        if (error instanceof Breakage) onBreak(error);
        throw error;
      }
    },
  });
}

/**
 * What a line is. Answers to what nobody asked are nothing.
 * @param answered ids of the requests that have an answer; filled here
 */
function messageIn(
  text: string,
  answered: Set<unknown>,
): "request or answer" | "notification" | { readonly update: unknown } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if ("method" in value) {
    if ("id" in value) return "request or answer";
    return value.method === "session/update" && "params" in value ? { update: value.params } : "notification";
  }
  if (!("id" in value) || !isAskedId(value.id) || answered.has(value.id)) return undefined;
  answered.add(value.id);
  return "request or answer";
}

/** Ids count from 0, and a round asks for five things at the most. */
function isAskedId(id: unknown): boolean {
  return typeof id === "number" && [0, 1, 2, 3, 4].includes(id);
}

function flood(how: string): Breakage {
  return new Breakage("tool-crash", {
    message: `the agent was stopped: ${how}`,
    why: "No round of work needs that much; nothing of it was applied.",
  });
}

function noProtocol(line: string): Breakage {
  return new Breakage("parse", {
    message: "the agent does not speak the Agent Client Protocol: its output is no JSON",
    why: excerpt(line, 300),
    fix: ["Check the argv of the option `agent`: most agents need an argument for the protocol."],
  });
}
