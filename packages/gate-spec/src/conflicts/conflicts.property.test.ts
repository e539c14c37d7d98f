import {
  array,
  assert,
  constantFrom,
  oneof,
  property,
  record,
  shuffledSubarray,
  type Arbitrary,
} from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSpec } from "../parse-spec.ts";
import type { Party } from "./conflict.ts";
import { findConflicts } from "./find-conflicts.ts";

/** A statement whose subject is `#`, so that it can be called anything. */
type Template = string;

const statements: Arbitrary<Template> = oneof(
  record({
    modal: constantFrom("MUST", "MUST NOT", "SHOULD", "MAY"),
    action: constantFrom("keep old books", "open the door", "tell the reader"),
  }).map(({ modal, action }) => `The # ${modal} ${action}.`),
  record({
    op: constantFrom("≥", "≤"),
    value: constantFrom(60, 70, 80),
    stage: constantFrom("dev", "staging"),
  }).map(({ op, value, stage }) => `# hit rate ${op} ${value} % (${stage})`),
  record({ when: constantFrom("it is late", "it is empty"), status: constantFrom(200, 404) }).map(
    ({ when, status }) => `When ${when}, the # shall respond with ${status}.`,
  ),
  constantFrom("Opening the # MUST run before counting.", "Counting MUST run before opening the #."),
);

/** One section for each statement, so that sections can change places. */
function documentOf(templates: readonly Template[], subject: string, file: string): Party {
  const sections = templates.map(
    (text, index) =>
      `### Part ${index}\n\n- **FR-${file.length}${index}**: ${text.replaceAll("#", subject)}\n`,
  );
  const doc = parseSpec(`# Library\n\n## Requirements\n\n${sections.join("\n")}`, file);
  return { role: "own", owner: "library", doc };
}

/** What the conflicts are, without places. */
function essence(parties: readonly Party[], subject = "shelf"): readonly string[] {
  return findConflicts(parties)
    .map(({ code, kind, statements: sides }) =>
      JSON.stringify([code, kind, sides.map(({ says }) => says.replaceAll(subject, "#")).toSorted()]),
    )
    .toSorted();
}

// Parsing is what takes the time.
const runs = { numRuns: 25 };

const some = array(statements, { minLength: 2, maxLength: 7 });
// Words that are no filling, no metric and no name of the document, in the singular.
const subject = constantFrom("shelf", "lantern", "reader desk", "zebra", "gate-keeper");

describe("conflicts", () => {
  it("do not depend on what a subject is called, as long as it is called so everywhere", () => {
    assert(
      property(some, subject, (templates, name) => {
        expect(essence([documentOf(templates, name, "a.md")], name)).toEqual(
          essence([documentOf(templates, "shelf", "a.md")]),
        );
      }),
      runs,
    );
  });

  it("do not depend on the order of sections", () => {
    const both = some.chain((all) =>
      shuffledSubarray(
        all.map((_, index) => index),
        { minLength: all.length },
      ).map((order) => ({ all, order })),
    );
    assert(
      property(both, ({ all, order }) => {
        const shuffled = order.flatMap((index) => all[index] ?? []);
        const kinds = (templates: readonly Template[]) =>
          findConflicts([documentOf(templates, "shelf", "a.md")])
            .map(({ code, kind }) => `${code} ${kind}`)
            .toSorted();
        expect(new Set(kinds(shuffled))).toEqual(new Set(kinds(all)));
      }),
      runs,
    );
  });

  it("do not depend on the order of documents", () => {
    assert(
      property(some, some, (one, other) => {
        const parties = [documentOf(one, "shelf", "a.md"), documentOf(other, "shelf", "bb.md")];
        expect(findConflicts(parties.toReversed())).toEqual(findConflicts(parties));
      }),
      runs,
    );
  });

  it("of a document stay when another one joins", () => {
    assert(
      property(some, some, (one, other) => {
        const alone = new Set(findConflicts([documentOf(one, "shelf", "a.md")]).map(({ code }) => code));
        const joined = new Set(
          findConflicts([documentOf(one, "shelf", "a.md"), documentOf(other, "shelf", "bb.md")]).map(
            ({ code }) => code,
          ),
        );
        expect(joined).toEqual(joined.union(alone));
      }),
      runs,
    );
  });

  it("are none between documents that speak of different things", () => {
    assert(
      property(some, some, (one, other) => {
        const apart = [
          ...essence([documentOf(one, "shelf", "a.md")]),
          ...essence([documentOf(other, "lantern", "bb.md")], "lantern"),
        ];
        const together = findConflicts([
          documentOf(one, "shelf", "a.md"),
          documentOf(other, "lantern", "bb.md"),
        ]);
        const mixed = together.filter(
          ({ code, statements: sides }) =>
            code !== "TP1128" && new Set(sides.map(({ at }) => at.file)).size > 1,
        );
        expect(mixed).toEqual([]);
        expect(together.filter(({ code }) => code !== "TP1128").length).toBe(
          apart.filter((text) => !text.includes("TP1128")).length,
        );
      }),
      runs,
    );
  });

  it("name at least two places of the documents, in order", () => {
    assert(
      property(some, (templates) => {
        for (const { statements: sides, fix } of findConflicts([documentOf(templates, "shelf", "a.md")])) {
          expect(sides.length).toBeGreaterThanOrEqual(2);
          expect(fix.length).toBeGreaterThan(10);
          expect(sides.map(({ at }) => at.line)).toEqual(
            sides.map(({ at }) => at.line).toSorted((a, b) => a - b),
          );
        }
      }),
      runs,
    );
  });
});
