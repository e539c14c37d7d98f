import { z } from "zod";
import { advertised } from "../advertised.ts";
import { answer } from "../answer.ts";
import { toolArguments } from "../arguments.ts";
import { commandLines } from "../command-lines.ts";
import { documentOf, explanationDocument } from "../documents.ts";
import { shortened } from "../findings.ts";
import type { ServerParts } from "../server-parts.ts";

/** How long an explanation is, in characters: about 600 tokens. */
const limit = 2_400;

/** `explain`: why a threshold, a skip, a failure. */
export function registerExplain({ server, backend }: ServerParts): void {
  server.registerTool(
    "explain",
    {
      description:
        "Explain an error code (TP3201), a gate with its thresholds, a run, or a finding by its id.",
      inputSchema: advertised(
        toolArguments({
          // It never begins like an option.
          subject: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "a code, gate, run or finding id"),
        }),
      ),
      outputSchema: advertised(z.object({ text: z.string() })),
      annotations: { readOnlyHint: true },
    },
    async ({ subject }, { mcpReq: { signal } }) => {
      const answered = await backend.call(commandLines.explain(subject), { signal });
      const { text } = documentOf(explanationDocument, answered);
      return answer({ text: shortened(text, limit) });
    },
  );
}
