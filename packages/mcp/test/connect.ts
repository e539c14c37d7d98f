import { Client, type ElicitResult } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Answer, Backend } from "../src/index.ts";
import { createServer } from "../src/index.ts";

/** Both eras of the protocol: a client of 2025, and one that speaks the stateless revision. */
export const eras = ["2025-11-25", "2026-07-28"] as const;

/** An era of the protocol. */
export type Era = (typeof eras)[number];

/** What a spy saw, and how to change what it answers. */
export interface Spy extends Backend {
  readonly calls: readonly (readonly string[])[];
  /** Whether each call asked for events. */
  readonly followed: readonly boolean[];
}

/** A command line that answers by a function and starts nothing. */
export function spy(
  reply: (args: readonly string[], options: Parameters<Backend["call"]>[1]) => unknown,
): Spy {
  const calls: (readonly string[])[] = [];
  const followed: boolean[] = [];
  return {
    calls,
    followed,
    async call(args, options): Promise<Answer> {
      calls.push(args);
      followed.push(options.onEvent !== undefined);
      const document = await reply(args, options);
      return { exit: 0, document, stderr: "" };
    },
  };
}

/** What the person at the client answers. */
export type Person = () => ElicitResult;

/** A connected client; `person` is who is asked, and without one the client cannot ask. */
export async function connect(backend: Backend, era: Era, person?: Person): Promise<Client> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  serveStdio(() => createServer(backend, { version: "1.2.3" }), { transport: ours });
  const client = new Client(
    { name: "test", version: "1.0.0" },
    {
      capabilities: person === undefined ? {} : { elicitation: {} },
      versionNegotiation: { mode: era === "2025-11-25" ? "legacy" : { pin: era } },
    },
  );
  if (person !== undefined) client.setRequestHandler("elicitation/create", () => person());
  await client.connect(theirs);
  // From here on it checks every answer against the schema that was listed.
  await client.listTools();
  return client;
}

/** The text of an answer. */
export function textOf(result: { readonly content: readonly unknown[] }): string {
  const [first] = result.content as readonly { readonly text?: string }[];
  return first?.text ?? "";
}
