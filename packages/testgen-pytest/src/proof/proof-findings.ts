import { excerpt, type FindingDraft } from "@towpath/kit";
import { embeddedTool } from "../embedded-tool.ts";
import type { JudgedTest } from "./judged-tests.ts";

const tool = embeddedTool.name;

/** The finding of a test that passes on an implementation that does nothing. */
export function vacuousTest(test: JudgedTest): FindingDraft {
  const mode = test.cases.find(({ outcome }) => outcome === "passed")?.mode;
  const how =
    mode === "empty"
      ? "has no code at all"
      : mode === "raises"
        ? "raises NotImplementedError everywhere"
        : "answers everything with one meaningless object";
  return {
    tool,
    rule: "TP1131",
    level: "error",
    message: `${excerpt(test.id, 300)} passes on an implementation that ${how}, so it proves nothing of ${named(test)}`,
    ...place(test),
    fix: { kind: "text", text: "Let it assert what the requirement says." },
  };
}

/** Why an implementation that does nothing did not show whether a test can fail. */
export type Unseen = "outside" | "skipped" | "absent";

const whyUnseen: Readonly<Record<Unseen, string>> = {
  outside:
    "it starts processes or connects to somebody, so an implementation that does nothing does not show it",
  skipped: "it is skipped on an implementation that does nothing",
  absent: "without the component's code it is not even collected",
};

/** The finding of a test that nobody has seen fail. */
export function neverRed(
  test: Pick<JudgedTest, "id" | "file" | "line" | "spec">,
  unseen: Unseen,
): FindingDraft {
  const why = whyUnseen[unseen];
  return {
    tool,
    rule: "TP1132",
    level: "warning",
    message: `nobody has seen ${excerpt(test.id, 300)} fail: no failure is on record, and ${why}`,
    ...place(test),
    fix: {
      kind: "text",
      text: "Let it fail once on a state without the code, or assert on the component itself.",
    },
  };
}

/** The finding of a generated file that somebody edited, or that is of another state of the specification. */
export function changedFile(file: string, untouched: boolean): FindingDraft {
  return {
    tool,
    rule: "TP1135",
    level: "warning",
    message: untouched
      ? `${file} was generated from another state of the specification`
      : `${file} was edited since it was generated, so it no longer follows the specification`,
    file,
    range: { startLine: 1, startColumn: 1, endLine: 2, endColumn: 1 },
    fix: { kind: "text", text: "Remove the file, and let the tests be generated anew." },
  };
}

function named({ spec }: Pick<JudgedTest, "spec">): string {
  return spec.length === 0 ? "any requirement" : excerpt(spec.join(", "), 200);
}

function place({ file, line }: Pick<JudgedTest, "file" | "line">): Pick<FindingDraft, "file" | "range"> {
  if (file.startsWith("../")) return {};
  return { file, range: { startLine: line, startColumn: 1, endLine: line + 1, endColumn: 1 } };
}
