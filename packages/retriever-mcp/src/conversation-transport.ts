import {
  parseJSONRPCMessage,
  SdkError,
  SdkErrorCode,
  serializeMessage,
  type JSONRPCMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import type { Conversation } from "@towpath/core";

/** What a server may write in all, and in one message; more is a flood. In bytes. */
const most = { all: 32 * 1024 * 1024, message: 4 * 1024 * 1024 } as const;

/** Speaks MCP over the standard input and output of a process: a message of JSON on each line. */
export class ConversationTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  /** Why the conversation was ended from this side. */
  failure: Error | undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #closed = false;

  constructor({ output, input }: Conversation) {
    this.#reader = output.getReader();
    this.#writer = input.getWriter();
  }

  async start(): Promise<void> {
    // Runs on its own until the process ends or the conversation is closed.
    void this.#listen();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    try {
      await this.#writer.write(Buffer.from(serializeMessage(message)));
    } catch (error) {
      // It reads no more, as it has ended or is about to.
      throw new SdkError(SdkErrorCode.SendFailed, "the server reads no more", { cause: error });
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled([this.#reader.cancel(), this.#writer.close()]);
    this.onclose?.();
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    let all = 0;
    let rest = "";
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) break;
        all += value.length;
        if (all > most.all) throw new Error(`the server wrote more than ${most.all} bytes`);
        const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        if (rest.length > most.message)
          throw new Error(`a message of the server is longer than ${most.message} bytes`);
        for (const line of lines) this.#receive(line);
      }
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.onerror?.(this.failure);
    }
    await this.close();
  }

  /** A line that is no message is left out: servers greet, and log where they should not. */
  #receive(line: string): void {
    const message = parse(line);
    if (message !== undefined) this.onmessage?.(message);
  }
}

function parse(line: string): JSONRPCMessage | undefined {
  if (!line.trimStart().startsWith("{")) return undefined;
  try {
    return parseJSONRPCMessage(JSON.parse(line));
  } catch {
    return undefined;
  }
}
