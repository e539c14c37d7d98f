import { z } from "zod";
import { advertised, asIn } from "../advertised.ts";
import { answer } from "../answer.ts";
import { component, name, toolArguments } from "../arguments.ts";
import { commandLines } from "../command-lines.ts";
import { documentOf, runDocument } from "../documents.ts";
import { findingRows, findingSchema, gateRows, gateSchema } from "../findings.ts";
import { progressOf } from "../progress.ts";
import type { ServerParts } from "../server-parts.ts";

/** How many findings an answer holds; `gate_findings` gives the rest by pages. */
const shown = 20;

/** `gate_run`: measures gates. */
export function registerGateRun({ server, backend, onerror }: ServerParts): void {
  server.registerTool(
    "gate_run",
    {
      description:
        "Run gates (all, or those named) and answer their findings, failing first. Reuses unchanged results. The rest: gate_findings.",
      inputSchema: advertised(
        toolArguments({
          component,
          gates: z.array(name).max(50).default([]),
          target: z.enum(["dev", "staging", "production"]).default("dev").describe("whose thresholds count"),
        }),
      ),
      outputSchema: advertised(
        z.object({
          run: z.string(),
          exit: z.number(),
          passed: z.number(),
          total: z.number(),
          gates: z.array(gateSchema.meta(asIn("gate_findings"))),
          findings: z.array(findingSchema.meta(asIn("gate_findings"))),
          next: z.array(z.string()),
        }),
      ),
      annotations: { destructiveHint: false, idempotentHint: true },
    },
    async ({ component: of, gates, target }, ctx) => {
      const onEvent = progressOf(ctx, onerror);
      const answered = await backend.call(commandLines.check({ component: of, gates, target }), {
        signal: ctx.mcpReq.signal,
        ...(onEvent === undefined ? {} : { onEvent }),
      });
      const { run, exit, stages, next } = documentOf(runDocument, answered);
      const known = stages.flatMap(({ results }) => results).map((result) => ({ result }));
      const rows = findingRows(known);
      return answer({
        run,
        exit,
        passed: known.filter(({ result }) => result.verdict === "passed").length,
        total: rows.length,
        gates: gateRows(known),
        findings: rows.slice(0, shown),
        next,
      });
    },
  );
}
