import type { SpecDoc, SpecRequirement as Requirement, Target } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { at, requirement, specDoc } from "../../test/spec-doc.ts";
import type { Rule, Situation } from "../diagnostic.ts";
import { parseEars } from "../ears.ts";
import { compoundRequirements } from "./compound-requirements.ts";
import { danglingReferences, documentsNamed } from "./dangling-references.ts";
import { immatureDependencies } from "./immature-dependencies.ts";
import { missingCriteria } from "./missing-criteria.ts";
import { missingFigures } from "./missing-figures.ts";
import { missingModals } from "./missing-modals.ts";
import { missingParts } from "./missing-parts.ts";
import { otherSubject } from "./other-subject.ts";
import { shapelessStatements } from "./shapeless-statements.ts";
import { unaskedErrors } from "./unasked-errors.ts";
import { unprovable } from "./unprovable.ts";
import { weakWords } from "./weak-words.ts";

const all: readonly Target[] = ["dev", "staging", "production"];

function said(
  rule: Rule,
  doc: Partial<SpecDoc>,
  target: Target = "production",
  situation: Situation = {},
): readonly string[] {
  return rule(specDoc(doc), target, situation).map(
    ({ code, level, at: place }) => `${place.line} ${code} ${level}`,
  );
}

function levels(rule: Rule, doc: Partial<SpecDoc>, situation: Situation = {}): readonly string[] {
  return all.flatMap((target) => rule(specDoc(doc), target, situation).map(({ level }) => level));
}

function one(parts: Partial<Requirement>): Partial<SpecDoc> {
  return { requirements: [requirement(parts)] };
}

const criterion = (text: string) => ({ text, at: at(4) });
const ears = (text: string) => {
  const read = parseEars(text);
  return read === undefined ? [] : [{ ...read, at: at(3) }];
};

describe("TP1106 words that bind", () => {
  it("warns of a requirement without one for production, and never blocks", () => {
    expect(levels(missingModals, one({ text: "The shelf keeps it." }))).toEqual(["note", "note", "warning"]);
  });

  it.each([
    ["a word of RFC 2119", { modal: "must" }],
    ["the shape of EARS", { ears: ears("When it is put, the shelf shall keep it") }],
    ["a figure", { kind: "non-functional", criteria: [criterion("p95 < 200 ms")] }],
    ["another language", { title: "Bücher aufbewahren", text: "Das Regal behält jedes Buch." }],
  ] satisfies [string, Partial<Requirement>][])("is content with %s", (_, parts) => {
    expect(said(missingModals, one(parts))).toEqual([]);
  });
});

describe("TP1106 in a document that has the habit", () => {
  it("is said once", () => {
    const requirements = Array.from({ length: 6 }, (_, index) =>
      requirement({ id: `FR-${index + 1}`, text: "The shelf keeps it.", at: at(index + 3) }),
    );
    expect(said(missingModals, { requirements })).toEqual(["3 TP1106 warning"]);
  });
});

describe("TP1107 weak words", () => {
  const weak = one({ text: "Errors MUST be handled gracefully." });

  it("grows from a note to an error", () => {
    expect(levels(weakWords, weak)).toEqual(["note", "warning", "error"]);
  });

  it("finds them in criteria, at their line, once for all requirements that share one", () => {
    const shared = criterion("Answers are fast");
    const requirements = [
      requirement({ criteria: [shared] }),
      requirement({ id: "FR-2", criteria: [shared] }),
    ];
    expect(said(weakWords, { requirements })).toEqual(["4 TP1107 error"]);
    expect(said(weakWords, { criteria: [shared] })).toEqual(["4 TP1107 error"]);
  });

  it.each([
    "It answers quickly, within 50 ms.",
    "It MUST fail fast.",
    "Breakfast is served; the steadfast one waits.",
    'The status is "slow".',
    "Quicksort is used",
  ])("leaves %j alone", (text) => {
    expect(said(weakWords, one({ text }))).toEqual([]);
  });

  it("leaves words alone that a figure of the requirement measures", () => {
    const measured = one({ text: "It answers quickly.", criteria: [criterion("p95 < 50 ms")] });
    expect(said(weakWords, measured)).toEqual([]);
  });
});

describe("TP1108 compound requirements", () => {
  it("notes a sentence with two binding words, and never more", () => {
    const compound = one({ text: "It MUST be kept, and MUST be found." });
    expect(levels(compoundRequirements, compound)).toEqual(["note", "note", "note"]);
  });

  it("leaves sentences with one each alone", () => {
    expect(said(compoundRequirements, one({ text: "It MUST be kept. It MUST be found." }))).toEqual([]);
  });
});

describe("TP1109 the shape of EARS", () => {
  const shaped = requirement({ modal: "must", ears: ears("When it is put, the shelf shall keep it") });
  const shapeless = requirement({ id: "FR-2", modal: "must", text: "Shelves MUST, surely", at: at(7) });

  it("notes a binding statement without it where others have it", () => {
    expect(said(shapelessStatements, { requirements: [shaped, shapeless] })).toEqual(["7 TP1109 note"]);
    expect(said(shapelessStatements, { form: "kiro", requirements: [shapeless] })).toEqual(["7 TP1109 note"]);
  });

  it("tells nobody to use it who does not", () => {
    expect(said(shapelessStatements, { requirements: [shapeless] })).toEqual([]);
  });
});

describe("TP1110 sections", () => {
  const titled = (...titles: string[]): SpecDoc["sections"] =>
    titles.map((title, index) => ({ title, depth: 2, path: [], at: at(index + 1) }));
  const core = one({ criteria: [criterion("found again")] });
  const whole = titled(
    "Overview",
    "API Design",
    "Testing",
    "Dependencies",
    "Monitoring",
    "Rollback Procedure",
  );

  it("grow with the target in the form of TTA", () => {
    const codes = (target: Target) => said(missingParts, { ...core, form: "tta" }, target);
    expect(codes("dev")).toEqual(["1 TP1110 warning"]);
    expect(codes("staging")).toEqual(Array.from({ length: 4 }, () => "1 TP1110 warning"));
    expect(codes("production")).toEqual(Array.from({ length: 6 }, () => "1 TP1110 error"));
    expect(said(missingParts, { ...core, form: "tta", sections: whole })).toEqual([]);
  });

  it("are only noted where the form has no place for them", () => {
    expect(levels(missingParts, core)).toEqual(["note", "note"]);
    expect(levels(missingParts, { ...core, form: "openspec" })).toEqual([]);
    expect(levels(missingParts, { ...core, form: "gherkin" })).toEqual([]);
  });
});

describe("TP1105 criteria", () => {
  const scenario = { name: "", requirements: ["FR-1"], tags: [], steps: [], examples: [], at: at(9) };

  it.each([
    ["a scenario", { ...one({}), scenarios: [scenario] }],
    ["a drill", one({ proof: "drill" })],
    ["an attestation", one({ proof: "attestation" })],
    ["a statement of EARS with a condition", one({ ears: ears("When it is put, the shelf shall keep it") })],
  ] satisfies [string, Partial<SpecDoc>][])("can be %s", (_, doc) => {
    expect(said(missingCriteria, doc)).toEqual([]);
  });

  it("stand in the stories of spec-kit, so that it is one warning", () => {
    const requirements = [
      requirement(),
      requirement({ id: "FR-2", at: at(4) }),
      requirement({ id: "FR-3", at: at(5) }),
    ];
    const doc = { form: "spec-kit" as const, requirements, scenarios: [scenario] };
    expect(said(missingCriteria, doc)).toEqual(["4 TP1105 warning"]);
    expect(said(missingCriteria, { ...doc, scenarios: [] })).toHaveLength(3);
  });

  it("are not a statement that is always to hold", () => {
    expect(said(missingCriteria, one({ ears: ears("The shelf shall keep it") }))).toEqual(["3 TP1105 error"]);
  });

  it("are not replaced by the word test alone", () => {
    expect(said(missingCriteria, one({ proof: "test" }))).toEqual(["3 TP1105 error"]);
  });
});

describe("TP1111 figures", () => {
  const quality = (parts: Partial<Requirement>) => one({ kind: "non-functional", ...parts });
  const figure = { ...at(5), line: 5 };

  it("are missed at a growing level", () => {
    expect(levels(missingFigures, quality({ text: "It MUST be fast." }))).toEqual([
      "note",
      "warning",
      "error",
    ]);
  });

  it.each([
    ["the text", quality({ text: "Answers take at most 50 ms." })],
    ["a criterion", quality({ criteria: [criterion("p95 < 50 ms")] })],
    ["a line below the head", { ...quality({}), figures: [{ ...coverage(), at: figure }] }],
    ["a drill instead", quality({ proof: "drill" })],
    ["a functional requirement, which needs none", one({})],
  ])("may stand in %s", (_, doc) => {
    expect(said(missingFigures, doc)).toEqual([]);
  });

  it("are only noted where criteria say what holds", () => {
    const rule = quality({ title: "Security", criteria: [criterion("Tokens are never logged")] });
    expect(levels(missingFigures, rule)).toEqual(["note", "note", "note"]);
  });

  it("of the next section do not count", () => {
    const sections = [{ title: "Next", depth: 2, path: [], at: at(4) }];
    const doc = { ...quality({}), sections, figures: [{ ...coverage(), at: figure }] };
    expect(said(missingFigures, doc)).toEqual(["3 TP1111 error"]);
  });
});

function coverage() {
  return {
    subject: "",
    metric: "coverage",
    scope: "",
    operator: ">=" as const,
    value: 70,
    unit: "%",
    text: "70 %",
    at: at(1),
  };
}

describe("TP1112 references", () => {
  const prose = (text: string) => ({ ...one({}), prose: [{ text, at: at(8) }] });

  it("to an id that nobody states are dangling", () => {
    expect(levels(danglingReferences, prose("as FR-7 says"))).toEqual(["warning", "warning", "error"]);
  });

  it("of a scenario count as well", () => {
    const scenario = { name: "", requirements: ["FR-9"], tags: [], steps: [], examples: [], at: at(9) };
    expect(said(danglingReferences, { ...one({}), scenarios: [scenario] })).toEqual(["9 TP1112 error"]);
  });

  it.each([
    "as FR-001 says",
    "- **FR-7**: what a section states that only speaks of requirements",
    "FR-1.2 is a part of FR-1",
    "BR-7 is an id of another kind",
    "FR-7 of the shelf",
    "FR-7 replaces FR-6",
    "see \uFFFC\uFFFC\uFFFC FR-7",
  ])("are fine in %j", (text) => {
    expect(said(danglingReferences, prose(text))).toEqual([]);
  });

  it("to a document that does not exist are dangling, relative to the root or to the specification", () => {
    const doc = one({ text: "See docs/a.md and ./b.md\nIt MUST write out/report.md\nSee https://x.y/c.md" });
    const asked: string[] = [];
    const exists = (path: string): boolean => {
      asked.push(path);
      return path === "specs/b.md";
    };
    expect(said(danglingReferences, doc, "dev", { exists })).toEqual(["3 TP1112 warning"]);
    expect(asked).toEqual(["docs/a.md", "specs/docs/a.md", "b.md", "specs/b.md"]);
    expect(documentsNamed(specDoc(doc))).toEqual([...asked].toSorted());
    expect(documentsNamed(specDoc(one({ text: "see ../../x.md" })))).toEqual([]);
  });
});

describe("TP1113 another subject", () => {
  const head = (label: string, value: string) => ({ meta: [{ label, value, at: at(2) }] });

  it("is a component of another name", () => {
    const doc = head("component id", "shelf");
    expect(levels(otherSubject, doc, { component: "lantern" })).toEqual(["warning", "error", "error"]);
  });

  it.each(["Agent Orchestration", "agent-orchestration", "`agent_orchestration`", "[component]", ""])(
    "is not %j for agent_orchestration",
    (value) => {
      expect(
        said(otherSubject, head("component id", value), "dev", { component: "agent_orchestration" }),
      ).toEqual([]);
    },
  );

  it("is a target lower than that of the run; a higher one is ahead", () => {
    expect(levels(otherSubject, head("target stage", "Staging"))).toEqual(["warning"]);
    expect(levels(otherSubject, head("target stage", "production"))).toEqual([]);
    expect(levels(otherSubject, head("target stage", "development | staging | production"))).toEqual([]);
  });
});

describe("TP1114 dependencies", () => {
  const needs = (stage: Target) => ({ dependencies: [{ name: "store", stage, at: at(6) }] });

  it("must be as mature as the target", () => {
    expect(levels(immatureDependencies, needs("dev"))).toEqual(["warning", "error"]);
    expect(levels(immatureDependencies, needs("staging"))).toEqual(["error"]);
    expect(levels(immatureDependencies, needs("production"))).toEqual([]);
  });

  it("of unknown stage are not held against it", () => {
    expect(said(immatureDependencies, { dependencies: [{ name: "store", at: at(6) }] })).toEqual([]);
  });
});

describe("TP1115 proof", () => {
  const opinion = { criteria: [criterion("It is user-friendly")] };
  const call = { setup: [], expression: "f()", expected: { kind: "value", source: "1" }, at: at(9) } as const;

  it("is missing where each criterion is a matter of opinion", () => {
    expect(levels(unprovable, one(opinion))).toEqual(["note", "warning", "error"]);
  });

  it.each([
    ["one criterion can be tested", one({ criteria: [...opinion.criteria, criterion("It is found again")] })],
    ["an attestation is named", one({ ...opinion, proof: "attestation" })],
    ["an example shows it", { ...one(opinion), examples: [{ ...call, requirements: ["FR-1"] }] }],
    ["there is no criterion, which is TP1105", one({})],
  ])("is there when %s", (_, doc) => {
    expect(said(unprovable, doc)).toEqual([]);
  });
});

describe("TP1117 errors of the API", () => {
  const api = (text: string) => ({ apiBlocks: [{ text, at: at(20) }] });
  const docstring = 'def f(n):\n    """Does it.\n\n    Raises:\n        TooMany: when full.\n    """\n';

  it.each([
    [docstring, 24],
    ['def f():\n    """x\n    :raises TooMany: y"""', 22],
    ["def f(): ...  # raises TooMany", 20],
  ])("must be asked for: %j", (text, line) => {
    expect(said(unaskedErrors, api(text), "production")).toEqual([`${line} TP1117 error`]);
    expect(levels(unaskedErrors, api(text))).toEqual(["note", "warning", "error"]);
  });

  it.each([
    ["a criterion", one({ criteria: [criterion("A full shelf raises TooMany")] })],
    ["the text of a requirement", one({ text: "refused with `TooMany`" })],
    ["a criterion of the whole component", { criteria: [criterion("TooMany when full")] }],
    [
      "a scenario",
      {
        scenarios: [
          {
            name: "",
            requirements: [],
            tags: [],
            steps: [{ keyword: "then" as const, text: "TooMany is raised", at: at(9) }],
            examples: [],
            at: at(9),
          },
        ],
      },
    ],
  ])("are asked for by %s", (_, doc) => {
    expect(said(unaskedErrors, { ...doc, ...api(docstring) })).toEqual([]);
  });
});
