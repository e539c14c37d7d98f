import type { SpecDoc } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { parseSpec } from "./parse-spec.ts";

function parse(text: string, file = "specs/foo.md"): SpecDoc {
  return parseSpec(text, file, 60_000);
}

describe("endpoints", () => {
  function endpoints(text: string): readonly string[] {
    return parse(text).endpoints.map(({ method, path, at }) => `${at.line} ${method} ${path}`);
  }

  it("are fields, headings, items, rows, requests, and what a sentence begins with", () => {
    const text =
      "## Endpoints\n\n**Method:** `put`\n**Path:** `/a/{id}`\n\n### GET /b\n\n- `GET /c` - lists\n\n| Verb | URL |\n|---|---|\n| post | /d |\n\n```http\nDELETE /e?x=1\n```\n\n`POST /f` answers. `GET /g` too.\n";
    expect(endpoints(text)).toEqual([
      "3 PUT /a/{id}",
      "6 GET /b",
      "8 GET /c",
      "12 POST /d",
      "15 DELETE /e",
      "18 POST /f",
      "18 GET /g",
    ]);
  });

  it("are given once, and not when they are only mentioned", () => {
    expect(endpoints("`GET /a` answers.\n\n- GET /a\n\nIt calls `GET /b` of others.\n")).toEqual([
      "1 GET /a",
    ]);
    expect(endpoints("## Testing\n\n- `GET /a` is called\n\n## Usage\n\n- `GET /b`\n")).toEqual([]);
    expect(endpoints("- get /a walk\n- FETCH /a\n")).toEqual([]);
  });
});

describe("dependencies", () => {
  it("have a name, a stage and a purpose", () => {
    const text =
      "## Dependencies\n\n### Required Components\n\n- `a` (staging) - stores\n- **b**: finds\n- [c](x) (production)\n- d (for output)\n- `e>=1.2` – draws\n- Python 3.12+\n- None\n- No others are needed\n- It depends on the weather of the day before\n\n| Name | Stage | Why |\n|---|---|---|\n| f | dev | trial |\n\n### Dependencies Timeline\n\n- `g`\n";
    expect(
      parse(text).dependencies.map(({ name, stage, purpose, at }) => [at.line, name, stage, purpose]),
    ).toEqual([
      [5, "a", "staging", "stores"],
      [6, "b", undefined, "finds"],
      [7, "c", "production", undefined],
      [8, "d", undefined, "for output"],
      [9, "e", undefined, "draws"],
      [10, "Python", undefined, undefined],
      [17, "f", "dev", "trial"],
    ]);
  });

  it("are no steps of a scenario that is named after them", () => {
    expect(parse("#### Scenario: Missing dependency\n\n- **WHEN** a\n- **THEN** b\n").dependencies).toEqual(
      [],
    );
    expect(parse("## Dependency resolution\n\n- `a` first\n").dependencies).toEqual([]);
  });
});

describe("stage targets", () => {
  function targets(text: string): readonly unknown[] {
    return parse(text).stageTargets.map(({ stage, criteria, at }) => [
      at.line,
      stage,
      criteria.map(({ text: words, done }) => (done === undefined ? words : `${words} ${done}`)),
    ]);
  }

  it("are headings below criteria, with their lists", () => {
    const text =
      "## Acceptance Criteria\n\n### Development Stage\n\n- [x] a\n\n### Production\n\n**Quality Gates:**\n\n- b\n\n**Exit Criteria:**\n\n1. c\n";
    expect(targets(text)).toEqual([
      [3, "dev", ["a true"]],
      [7, "production", ["b", "c"]],
    ]);
  });

  it("are steps from one stage to the next, wherever they stand", () => {
    expect(targets("## Development → Staging\n\n- a\n\n**staging -> prod**\n\n- b\n")).toEqual([
      [1, "staging", ["a", "b"]],
    ]);
    expect(targets("**Staging → Production:**\n\n- b\n")).toEqual([[1, "production", ["b"]]]);
  });

  it("are no headings that only happen to name a stage", () => {
    expect(targets("## Rollback Procedure\n\n### Staging Stage\n\n- a\n")).toEqual([]);
    expect(targets("## Rollback Criteria\n\n### Staging Stage\n\n- a\n")).toEqual([]);
    expect(
      targets("## Overview\n\n### Production\n\n- a\n\n## Stage plays and criteria of production\n\n- b\n"),
    ).toEqual([]);
  });
});

describe("a requirement", () => {
  it("names its proof", () => {
    const proofs = (value: string): unknown =>
      parse(`### FR-1: a\n\n**Proof:** ${value}\n`).requirements[0]?.proof;
    expect(["drill", "Attestation by the owner", "tests", "nothing", ""].map(proofs)).toEqual([
      "drill",
      "attestation",
      "test",
      undefined,
      undefined,
    ]);
  });

  it("has its statements in EARS at the lines where they begin, those of its criteria too", () => {
    const text =
      "### FR-1: The gate\n\nThe gate shall open. While a boat\nwaits, the gate shall stay open. When it\nrains, the gate shall close.\n\n- [ ] WHEN a swan comes THE GATE SHALL stay shut\n";
    const [requirement] = parse(text).requirements;
    expect(requirement?.ears.map(({ at, pattern, subject }) => [at.line, pattern, subject])).toEqual([
      [3, "ubiquitous", "gate"],
      [3, "state", "gate"],
      [4, "event", "gate"],
      [7, "event", "GATE"],
    ]);
    expect(requirement?.modal).toBe("must");
  });

  it("has no modal word when only prose says should", () => {
    expect(parse("- **FR-1**: it should work\n").requirements[0]).not.toHaveProperty("modal");
  });

  it("may be a row of a table", () => {
    const text =
      "## Requirements\n\n| ID | Requirement | Priority | Acceptance |\n|---|---|---|---|\n| F-01 | It MUST count | High | ten is 10 |\n| x | no id | | |\n";
    expect(parse(text).requirements).toMatchObject([
      {
        id: "F-1",
        title: "It MUST count",
        priority: "High",
        modal: "must",
        criteria: [{ text: "ten is 10" }],
        at: { line: 5 },
      },
    ]);
  });

  it("is none where it was removed, or where it only explains", () => {
    expect(
      parse(
        "## REMOVED Requirements\n\n### Requirement: Old\n\n#### Scenario: A\n\n- **WHEN** b\n- **THEN** c\n",
      ),
    ).toMatchObject({
      requirements: [],
      scenarios: [],
    });
    expect(
      parse("## Requirements\n\n### Key Entities *(if any)*\n\n- **Book**: has pages\n").requirements,
    ).toEqual([]);
  });
});

describe("the form", () => {
  it.each([
    [".kiro/specs/a/tasks.md", "# A\n", "kiro"],
    ["a.md", "### Requirement 1\n\n#### Acceptance Criteria\n", "kiro"],
    ["a.md", "### Requirement: a\n\n#### Scenario: b\n", "openspec"],
    ["a.md", "## ADDED Requirements\n\n### Requirement: a\n", "openspec"],
    ["a.md", "# A\n\n**Feature Branch**: `001-a`\n", "spec-kit"],
    ["a.md", "### User Story 1 - a\n", "spec-kit"],
    ["a.md", "# A\n\n**Target Stage:** staging\n", "tta"],
    ["a.md", "# A\n\n**API ID:** a\n", "tta"],
    ["a.md", "# Requirements\n", "markdown"],
  ])("of %s with %j is %s", (file, text, form) => {
    expect(parse(text, file).form).toBe(form);
  });
});
