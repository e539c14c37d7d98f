import type { SpecDoc } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { at, requirement, specDoc } from "../../test/spec-doc.ts";
import { checkSpec } from "../completeness.ts";
import { parseEars } from "../ears.ts";
import { withinBudget } from "../within-budget.ts";
import { findConflicts } from "./find-conflicts.ts";

const size = 2 ** 20;
const many = 8_000;

/** One of each of a document's parts, as long or as many as a file of the largest size can hold. */
function vast(text: string): SpecDoc {
  const long = text.repeat(size / text.length);
  const lines = Array.from({ length: many }, (_, index) => index);
  const step = { text: text.repeat(10), at: at(1) };
  return specDoc({
    meta: [{ label: "target stage", value: long, at: at(1) }],
    sections: lines.map((line) => ({ title: text, depth: 2, path: [], at: at(line + 1) })),
    requirements: [
      requirement({ title: long, text: long, criteria: [{ text: long, at: at(2) }] }),
      ...lines.map((line) =>
        requirement({
          id: `FR-${line}.1`,
          kind: "non-functional",
          title: text,
          text: `Step ${line} MUST run before step ${line + 1}.`,
          ears: [
            "When it is late, the shelf shall respond with 404",
            `Step ${line} MUST run before step ${(line + 1) % many}`,
          ].flatMap((sentence) => {
            const ears = parseEars(sentence);
            return ears === undefined ? [] : [{ ...ears, at: at(line + 1) }];
          }),
          at: at(line + 1),
        }),
      ),
    ],
    criteria: [{ text: long, at: at(3) }],
    scenarios: lines.map((line) => ({
      name: text,
      requirements: [`FR-${line + 7}`],
      tags: [],
      steps: [
        { keyword: "when", ...step },
        { keyword: "then", text: `it is ${line}`, at: at(line + 1) },
      ],
      examples: [],
      at: at(line + 1),
    })),
    apiBlocks: [
      { text: long, at: at(5) },
      { text: "def a(\n".repeat(many), at: at(6) },
      { text: "copies: int, x: str\n".repeat(many), at: at(7) },
    ],
    endpoints: lines.map((line) => ({ method: "GET", path: `/${text.trim()}`, at: at(line + 1) })),
    figures: lines.map((line) => ({
      subject: "",
      metric: "coverage",
      scope: "",
      operator: ">=",
      value: line,
      unit: "%",
      text,
      at: at(line + 1),
    })),
    dependencies: lines.map((line) => ({ name: text, stage: "dev", at: at(line + 1) })),
    prose: lines.map((line) => ({ text: `FR-${line + many} ${text}`, at: at(line + 1) })),
  });
}

describe("a document of any size", () => {
  it("with outlines of many steps and many rows takes time in proportion to it, too", () => {
    const each = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
    const examples = [{ head: ["a"], rows: each(500).map((row) => [String(row)]), at: at(1) }];
    const steps = each(200).map(() => ({ keyword: "given" as const, text: "<a> is kept", at: at(1) }));
    const then = { keyword: "then" as const, text: "it is <a>", at: at(1) };
    const scenarios = each(150).map((line) => ({
      name: "",
      requirements: [],
      tags: [],
      steps: [...steps, then],
      examples,
      at: at(line + 1),
    }));
    const doc = specDoc({ scenarios });
    expect(withinBudget(() => findConflicts([{ role: "own", owner: "shelf", doc }]), 10_000)).toEqual([]);
  }, 60_000);

  it.each([
    "a is an integer, see a/b/c.md, listens on port 80, fast, writes a/ ",
    'MUST before " <a> # raises A ',
    "Raises:\n  A: b\n",
  ])("takes time in proportion to it: %j", (text) => {
    const doc = vast(text);
    const parties = [
      { role: "own" as const, owner: "shelf", doc },
      { role: "component" as const, owner: "lamp", doc: { ...doc, file: "specs/lamp.md" } },
    ];
    const work = (): number =>
      findConflicts(parties).length +
      checkSpec(doc, "production", { component: "x", exists: () => false }).length;
    expect(withinBudget(work, 15_000)).toBeGreaterThan(0);
  });
});
