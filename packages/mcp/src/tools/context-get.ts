import { z } from "zod";
import { advertised } from "../advertised.ts";
import { answer } from "../answer.ts";
import { name, toolArguments } from "../arguments.ts";
import { commandLines } from "../command-lines.ts";
import { contextDocument } from "../context-documents.ts";
import { documentOf } from "../documents.ts";
import type { ServerParts } from "../server-parts.ts";

/** How many of the messages that did not fit are named, the most important ones. */
const namedLeftOut = 10;

/** `context_get`: what was decided and found about a component, within a budget of tokens. */
export function registerContextGet({ server, backend }: ServerParts): void {
  server.registerTool(
    "context_get",
    {
      description:
        "What is on record about a component (requirements, decisions, results), the most important within a budget of tokens; says how much was left out.",
      inputSchema: advertised(
        toolArguments({
          component: name,
          budget: z.int().min(100).max(50_000).default(4_000).describe("tokens"),
        }),
      ),
      outputSchema: advertised(
        z.object({
          session: z.string(),
          tokens: z.number(),
          dropped: z.number(),
          leftOut: z.array(z.string()),
          messages: z.array(
            z.object({
              role: z.string(),
              importance: z.number(),
              at: z.string(),
              untrusted: z.boolean(),
              stale: z.array(z.string()).optional(),
              content: z.string(),
            }),
          ),
        }),
      ),
      annotations: { readOnlyHint: true },
    },
    async ({ component, budget }, { mcpReq: { signal } }) => {
      const answered = await backend.call(commandLines.showContext(component, budget), { signal });
      const { session, tokens, dropped, droppedMessages, messages } = documentOf(contextDocument, answered);
      return answer({
        session,
        tokens,
        dropped,
        leftOut: droppedMessages
          .toSorted((a, b) => b.importance - a.importance)
          .slice(0, namedLeftOut)
          .map(({ importance, words }) => `${importance}: ${words}`),
        messages: messages.map(({ role, importance, at, untrusted, stale, content }) => ({
          role,
          importance,
          at,
          untrusted,
          ...(stale === undefined ? {} : { stale }),
          content,
        })),
      });
    },
  );
}
