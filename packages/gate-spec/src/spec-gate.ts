import { defineGate, type Gate, type GateContext } from "@towpath/core";
import { withFingerprints, type FindingDraft } from "@towpath/kit";
import { checkSpec } from "./completeness.ts";
import { componentSpec } from "./component-spec.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { embeddedTool } from "./embedded-tool.ts";
import { rangeOf } from "./range-of.ts";

/**
 * The gate `spec`: the specification can be read and is complete.
 * @param source where its thresholds were set
 */
export function specGate(source: string): Gate {
  return defineGate({
    name: "spec",
    category: "specification",
    stages: ["specification"],
    code: "TP1110",
    executesCode: false,
    subject: "spec",
    environment: async () => ({ values: { [embeddedTool.name]: embeddedTool.version } }),
    async check(ctx: GateContext) {
      const doc = await componentSpec(ctx);
      const diagnostics = checkSpec(doc, ctx.target);
      const errors = diagnostics.filter(({ level }) => level === "error").length;
      const { length: requirements } = doc.requirements;
      return {
        candidates: 1,
        checked: 1,
        findings: await withFingerprints(ctx.workspace.root, diagnostics.map(draftOf)),
        measurements: [
          {
            name: "requirements",
            value: requirements,
            unit: "requirements",
            operator: ">=",
            threshold: 1,
            source,
          },
          { name: "errors", value: errors, unit: "errors", operator: "<=", threshold: 0, source },
        ],
        tool: embeddedTool,
      };
    },
  });
}

function draftOf({ code, level, message, at, fix }: Diagnostic): FindingDraft {
  return {
    tool: embeddedTool.name,
    rule: code,
    level,
    message,
    file: at.file,
    range: rangeOf(at),
    fix: { kind: "text", text: fix },
  };
}
