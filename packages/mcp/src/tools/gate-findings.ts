import { z } from "zod";
import { advertised } from "../advertised.ts";
import { answer } from "../answer.ts";
import { component, name, toolArguments } from "../arguments.ts";
import { commandLines } from "../command-lines.ts";
import { documentOf, statusDocument } from "../documents.ts";
import { findingRows, findingSchema, gateRows, gateSchema, pageOf, type KnownResult } from "../findings.ts";
import type { ServerParts } from "../server-parts.ts";

/** `gate_findings`: what the last results found, without measuring anything. */
export function registerGateFindings({ server, backend }: ServerParts): void {
  server.registerTool(
    "gate_findings",
    {
      description:
        "What fails, where, how to fix it: findings of the last results, failing first. Measures nothing: stale gates need gate_run.",
      inputSchema: advertised(
        toolArguments({
          component,
          gate: name.optional(),
          limit: z.int().min(1).max(100).default(20),
          cursor: z.string().max(40).optional(),
        }),
      ),
      outputSchema: advertised(
        z.object({
          total: z.number(),
          errors: z.number(),
          passed: z.number(),
          gates: z.array(gateSchema),
          findings: z.array(findingSchema),
          nextCursor: z.string().optional(),
        }),
      ),
      annotations: { readOnlyHint: true },
    },
    async ({ component: of, gate, limit, cursor }, { mcpReq: { signal } }) => {
      const answered = await backend.call(commandLines.findings(of), { signal });
      const { components } = documentOf(statusDocument, answered);
      const known = components
        .flatMap(({ results }) => results ?? [])
        .filter(({ result }) => gate === undefined || result.gate === gate)
        .map(({ result, fresh, tree }): KnownResult => ({ result, fresh, stale: tree !== "unchanged" }));
      if (known.length === 0) {
        const what = [of ?? "any component", ...(gate === undefined ? [] : [gate])].join(", ");
        throw new Error(`Nothing is on record for ${what}: measure it with gate_run first.`);
      }
      const rows = findingRows(known);
      return answer({
        total: rows.length,
        errors: rows.filter(({ level }) => level === "error").length,
        // Nothing to mend says little where few gates were asked.
        passed: known.filter(({ result, stale }) => result.verdict === "passed" && stale !== true).length,
        gates: gateRows(known),
        ...pageOf(rows, limit, cursor),
      });
    },
  );
}
