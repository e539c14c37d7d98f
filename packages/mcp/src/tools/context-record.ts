import { z } from "zod";
import { advertised } from "../advertised.ts";
import { answer } from "../answer.ts";
import { name, toolArguments } from "../arguments.ts";
import { commandLines } from "../command-lines.ts";
import { addedDocument } from "../context-documents.ts";
import { documentOf } from "../documents.ts";
import type { ServerParts } from "../server-parts.ts";

/** `context_record`: writes a decision into the session of a component. */
export function registerContextRecord({ server, backend }: ServerParts): void {
  server.registerTool(
    "context_record",
    {
      description: "Record a decision about a component and its reason, for whoever goes on.",
      inputSchema: advertised(
        toolArguments({
          component: name,
          text: z
            .string()
            .min(1)
            .max(8_000)
            // A process cannot be given it.
            .refine((text) => !text.includes("\0"), "without NUL characters"),
          importance: z.number().min(0).max(1).default(1).describe("decision 1, progress 0.5"),
        }),
      ),
      outputSchema: advertised(z.object({ session: z.string() })),
      annotations: { destructiveHint: false },
    },
    async ({ component, text, importance }, { mcpReq: { signal } }) => {
      const answered = await backend.call(commandLines.addContext(component, text, importance), { signal });
      return answer({ session: documentOf(addedDocument, answered).session });
    },
  );
}
