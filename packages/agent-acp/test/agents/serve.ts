import { Readable, Writable } from "node:stream";
import {
  agent,
  type AgentContext,
  methods,
  ndJsonStream,
  type SessionUpdate,
  type StopReason,
} from "@agentclientprotocol/sdk";

/** What an agent of a test has at hand while it works. */
export interface Turn {
  readonly client: AgentContext;
  readonly sessionId: string;
  /** The working folder that it was given. */
  readonly cwd: string;
  /** The task. */
  readonly prompt: string;
  /** Aborted when it is told to stop. */
  readonly cancelled: AbortSignal;
  update(update: SessionUpdate): Promise<void>;
  say(text: string): Promise<void>;
}

/** Serves the protocol on standard input and output, and does `work` for every prompt. */
export function serve(work: (turn: Turn) => Promise<StopReason | void>): void {
  const stop = new AbortController();
  let cwd = "";
  agent({ name: "agent of a test" })
    .onRequest(methods.agent.initialize, () => ({ protocolVersion: 1, agentCapabilities: {} }))
    .onRequest(methods.agent.session.new, ({ params }) => {
      ({ cwd } = params);
      return { sessionId: `session of ${params.mcpServers.map((server) => JSON.stringify(server)).join()}` };
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
      const { sessionId } = params;
      const prompt = params.prompt.map((part) => (part.type === "text" ? part.text : "")).join("");
      const update = (one: SessionUpdate): Promise<void> =>
        client.notify(methods.client.session.update, { sessionId, update: one });
      const say = (text: string): Promise<void> =>
        update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text } });
      const turn: Turn = { client, sessionId, cwd, prompt, cancelled: stop.signal, update, say };
      return { stopReason: (await work(turn)) ?? "end_turn" };
    })
    .onNotification(methods.agent.session.cancel, () => stop.abort())
    .connect(
      ndJsonStream(
        Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
        Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
      ),
    );
}
