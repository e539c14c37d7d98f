import type { Place, SpecDoc, SpecForm, Target } from "@towpath/core";
import type { Diagnostic } from "../diagnostic.ts";
import { isObservable } from "./missing-criteria.ts";

/** A part that a specification needs from some target on. */
interface Part {
  readonly from: Target;
  readonly name: string;
  readonly title: RegExp;
  readonly fix: string;
}

const monitoring: Part = {
  from: "production",
  name: "Monitoring",
  title: /\b(?:monitoring|observability|alerts?|alerting)\b/i,
  fix: "Add a section `Monitoring`: what is watched, and who is told when it fails.",
};
const rollback: Part = {
  from: "production",
  name: "Rollback",
  title: /\b(?:roll ?-?back|going back|recovery|revert)\b/i,
  fix: "Add a section `Rollback`: how to go back, and what happens to data.",
};
const operations: readonly Part[] = [monitoring, rollback];

/** What each way of writing has a section for. What another way says elsewhere is not asked of it. */
const parts: Readonly<Record<SpecForm, readonly Part[]>> = {
  tta: [
    {
      from: "dev",
      name: "Overview",
      title: /\b(?:overview|purpose|summary|introduction|description|problem|goals?)\b/i,
      fix: "Add a section `Overview`: what the component is for.",
    },
    {
      from: "staging",
      name: "API",
      title: /\b(?:apis?|interfaces?|endpoints?|usage|cli|commands?)\b/i,
      fix: "Add a section `API` with a fenced `python` block.",
    },
    {
      from: "staging",
      name: "Testing",
      title: /\b(?:test(?:s|ing)?|verification|validation)\b/i,
      fix: "Add a section `Testing`: what is tested, and how.",
    },
    {
      from: "staging",
      name: "Dependencies",
      title: /\b(?:dependenc(?:y|ies)|integrations?)\b/i,
      fix: "Add a section `Dependencies`; `None` will do.",
    },
    ...operations,
  ],
  "spec-kit": [
    {
      from: "dev",
      name: "User scenarios",
      title: /\b(?:user (?:scenarios?|stor(?:y|ies))|scenarios)\b/i,
      fix: "Add a section `User Scenarios & Testing` with stories in the order of their priority.",
    },
    {
      from: "staging",
      name: "Success criteria",
      title: /\b(?:success|acceptance) criteria\b/i,
      fix: "Add a section `Success Criteria` with outcomes that can be measured.",
    },
    ...operations,
  ],
  openspec: [],
  kiro: operations,
  gherkin: [],
  markdown: operations,
};

const order: readonly Target[] = ["dev", "staging", "production"];

/**
 * TP1110: a specification without any requirement, or without any acceptance criterion; and one without the sections
 * that its form has for the target. In the form of TTA, whose template asks for them, a missing section blocks
 * production; elsewhere it is a note, for it may be said in another document.
 */
export function missingParts(doc: SpecDoc, target: Target): readonly Diagnostic[] {
  return [...missingCore(doc), ...missingSections(doc, target)];
}

function missingCore(doc: SpecDoc): readonly Diagnostic[] {
  const { requirements, criteria, scenarios } = doc;
  const missing: Diagnostic[] = [];
  if (requirements.length === 0) {
    missing.push({
      code: "TP1110",
      level: "error",
      message: "no requirement was found",
      at: sectionPlace(doc, /requirement/i),
      fix: "State each requirement as `#### FR1: Name` or `- **FR-1**: text` below a heading `Requirements`.",
    });
  }
  const shown = criteria.length > 0 || scenarios.length > 0;
  if (!shown && requirements.every((each) => each.criteria.length === 0 && !isObservable(each))) {
    missing.push({
      code: "TP1110",
      level: "error",
      message: "no acceptance criterion was found",
      at: sectionPlace(doc, /criteri/i),
      fix: "Write `**Acceptance Criteria:**` and lines `- [ ] …` below each requirement.",
    });
  }
  return missing;
}

function missingSections(doc: SpecDoc, target: Target): readonly Diagnostic[] {
  if (doc.requirements.length === 0) return [];
  const needed = parts[doc.form].filter(({ from }) => order.indexOf(from) <= order.indexOf(target));
  const missing = needed.filter(({ title }) => !doc.sections.some((section) => title.test(section.title)));
  const level = doc.form !== "tta" ? "note" : target === "production" ? "error" : "warning";
  return missing.map(({ name, from, fix }) => ({
    code: "TP1110",
    level,
    message: `a section ${JSON.stringify(name)} is missing, which is needed from ${from} on`,
    at: firstPlace(doc),
    fix,
  }));
}

/** The heading where the part belongs, else the first line. */
function sectionPlace(doc: SpecDoc, title: RegExp): Place {
  return doc.sections.find((each) => title.test(each.title))?.at ?? firstPlace(doc);
}

function firstPlace({ file, sections }: SpecDoc): Place {
  const [first] = sections;
  return first?.depth === 1 ? first.at : { file, line: 1, column: 1, endColumn: 1 };
}
