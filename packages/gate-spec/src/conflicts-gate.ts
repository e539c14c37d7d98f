import { defineGate, type Gate, type GateContext, type GateEnvironment } from "@towpath/core";
import { excerpt, withFingerprints, type FindingDraft } from "@towpath/kit";
import { componentSpec } from "./component-spec.ts";
import type { Conflict, Statement } from "./conflicts/conflict.ts";
import { declaredSpecs } from "./conflicts/declared-specs.ts";
import { maturityNames, readDocuments } from "./conflicts/documents.ts";
import { findConflicts } from "./conflicts/find-conflicts.ts";
import { globFolder } from "./conflicts/glob.ts";
import { settingsNames } from "./conflicts/settings/settings.ts";
import { embeddedTool } from "./embedded-tool.ts";
import { rangeOf } from "./range-of.ts";

/** Places that a message names; more of them say nothing new. */
const mostPlaces = 12;

/**
 * The gate `conflicts`: what the specification demands goes together with itself, with the specifications of other
 * components, and with what the project sets elsewhere. It reads text alone and starts nothing.
 * @param source where its thresholds were set
 * @param globs which Markdown files are compared
 */
export function conflictsGate(source: string, globs: readonly string[]): Gate {
  return defineGate({
    name: "conflicts",
    category: "specification",
    stages: ["specification"],
    code: "TP1120",
    executesCode: false,
    subject: "spec",
    environment: async ({ workspace }) => ({
      ...environmentOf(globs),
      files: [...(await declaredSpecs(workspace.root)).keys()].toSorted(),
    }),
    async check(ctx: GateContext) {
      const own = await componentSpec(ctx);
      const { parties, candidates, unread } = await readDocuments(ctx, own, globs);
      const conflicts = findConflicts(parties);
      const contradictions = conflicts.filter(({ kind }) => kind === "contradiction").length;
      return {
        candidates,
        checked: parties.length,
        findings: await withFingerprints(
          ctx.workspace.root,
          conflicts.map((each) => draftOf(each, own.file)),
        ),
        measurements: [
          {
            name: "contradictions",
            value: contradictions,
            unit: "contradictions",
            operator: "<=",
            threshold: 0,
            source,
          },
          // They can be met, so any number of them passes; the findings are warnings.
          {
            name: "two sources of truth",
            value: conflicts.length - contradictions,
            unit: "conflicts",
            operator: ">=",
            threshold: 0,
            source,
          },
        ],
        tool: embeddedTool,
        ...(unread.length === 0 ? {} : { warnings: unread }),
        notes: [`${own.file} was compared with ${parties.length - 1} other files`],
      };
    },
  });
}

/** Every file that may have a say counts, also one that appears. */
function environmentOf(globs: readonly string[]): GateEnvironment {
  return {
    values: { [embeddedTool.name]: embeddedTool.version },
    listed: [
      { paths: [...new Set(globs.map(globFolder))].toSorted(), suffixes: [".md"] },
      {
        paths: ["."],
        suffixes: [...settingsNames, ...maturityNames],
      },
    ],
  };
}

/** The finding stands in the component's own specification if one of the places is there. */
function draftOf({ code, kind, message, statements, fix }: Conflict, own: string): FindingDraft {
  const place = (statements.find(({ at }) => at.file === own) ?? statements[0])?.at;
  const shown = statements.slice(0, mostPlaces).map(show).join("; ");
  const more = statements.length > mostPlaces ? `; and ${statements.length - mostPlaces} more` : "";
  return {
    tool: embeddedTool.name,
    rule: code,
    level: kind === "contradiction" ? "error" : "warning",
    message: `${kind === "contradiction" ? "contradiction" : "two sources of truth"}: ${excerpt(message, 300)}: ${shown}${more}`,
    ...(place === undefined ? {} : { file: place.file, range: rangeOf(place) }),
    fix: { kind: "text", text: fix },
  };
}

function show({ says, at }: Statement): string {
  return `${excerpt(says, 120)} (${excerpt(at.file, 200)}:${at.line})`;
}
