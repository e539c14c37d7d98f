import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineGate, isTowpathError, type Gate, type GateContext } from "@towpath/core";
import { toRepoPath, withFingerprints, type FindingDraft } from "@towpath/kit";
import { checkSpec } from "./completeness.ts";
import { componentSpec } from "./component-spec.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { embeddedTool } from "./embedded-tool.ts";
import { rangeOf } from "./range-of.ts";
import { documentsNamed } from "./rules/dangling-references.ts";

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
    environment: async (ctx) => ({
      values: { [embeddedTool.name]: embeddedTool.version },
      // A specification that cannot be read names none; the check says so.
      files: documentsNamed(await componentSpec(ctx)),
    }),
    async check(ctx: GateContext) {
      const doc = await componentSpec(ctx);
      const { root } = ctx.workspace;
      const diagnostics = checkSpec(doc, ctx.target, {
        component: ctx.component.name,
        exists: (path) => existsInside(root, path),
      });
      const errors = diagnostics.filter(({ level }) => level === "error").length;
      const { length: requirements } = doc.requirements;
      return {
        candidates: 1,
        checked: 1,
        findings: await withFingerprints(root, diagnostics.map(draftOf)),
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

/** What lies outside the repository is no document of it. */
function existsInside(root: string, path: string): boolean {
  try {
    return existsSync(join(root, toRepoPath(root, path)));
  } catch (error) {
    if (isTowpathError(error)) return false;
    throw error;
  }
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
