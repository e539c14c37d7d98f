import type { SpecDoc } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { at, specDoc } from "../../test/spec-doc.ts";
import { parseSpec } from "../parse-spec.ts";
import { claimConflicts } from "./claim-conflicts.ts";
import type { ConflictRule, Party, Role } from "./conflict.ts";
import { figureConflicts } from "./figure-conflicts.ts";
import { modalConflicts } from "./modal-conflicts.ts";
import { orderConflicts } from "./order-conflicts.ts";
import { responseConflicts } from "./response-conflicts.ts";
import { scheduleConflicts } from "./schedule-conflicts.ts";
import { signatureConflicts } from "./signature-conflicts.ts";
import { typeConflicts } from "./type-conflicts.ts";

function party(text: string, file = "specs/shelf.md", role: Role = "own", owner = "shelf"): Party {
  return { role, owner: role === "own" || role === "component" ? owner : "", doc: parseSpec(text, file) };
}

/** Code, kind and the places of each conflict. */
function found(rule: ConflictRule, ...parties: readonly Party[]): readonly string[] {
  return rule(parties).map(
    ({ code, kind, statements }) =>
      `${code} ${kind} ${statements.map(({ at: place }) => `${place.file}:${place.line}`).join(" ")}`,
  );
}

const spec = (...requirements: readonly string[]): string =>
  `# Shelf\n\n## Requirements\n\n${requirements.map((text, index) => `- **FR-${index + 1}**: ${text}\n`).join("")}`;

describe("TP1121 modal", () => {
  const both = "TP1121 contradiction specs/shelf.md:5 specs/shelf.md:6";

  it.each([
    ["The shelf MUST keep damaged books.", "The shelf MUST NOT keep the damaged books."],
    ["Shelf SHALL keep damaged books.", "The system SHALL NOT keep damaged book"],
    ["The shelf SHOULD keep damaged books.", "The shelf MUST NOT keep damaged books."],
    ["The shelf MAY keep damaged books.", "The shelf MUST NOT keep damaged books."],
    [
      "When it is night, the shelf shall lock.",
      "When it is night the shelf MUST work. When it is night, the shelf shall not lock.",
    ],
    ["While it is full, the lamp shall blink.", "While it is full, the lamp shall never blink."],
  ])("finds %j against %j", (one, other) => {
    expect(found(modalConflicts, party(spec(one, other)))).toEqual([both]);
  });

  it.each([
    ["The shelf MUST keep damaged books.", "The shelf MUST keep damaged books."],
    ["The shelf MUST keep books.", "The shelf MUST NOT keep damaged books."],
    ["The shelf MUST NOT lock.", "When it is night, the shelf shall lock."],
    ["When it is day, the shelf shall not lock.", "When it is night, the shelf shall lock."],
    ["The reader MUST pay.", "The librarian MUST NOT pay."],
    ["The shelf MAY lock.", "The shelf SHOULD NOT lock."],
    ["The shelf should lock.", "The shelf should not lock."],
  ])("leaves %j and %j alone", (one, other) => {
    expect(found(modalConflicts, party(spec(one, other)))).toEqual([]);
  });

  it("finds it across two documents of the component, and not in another one's", () => {
    const one = party(spec("The shelf MUST lock."), "specs/a.md");
    const text = spec("The shelf MUST NOT lock.");
    expect(found(modalConflicts, one, party(text, "specs/b.md"))).toEqual([
      "TP1121 contradiction specs/a.md:5 specs/b.md:5",
    ]);
    expect(found(modalConflicts, one, party(text, "specs/b.md", "component", "lamp"))).toEqual([]);
  });
});

describe("TP1122, TP1127 figures", () => {
  const own = (text: string): Party => party(`# Shelf\n\n${text}\n`);
  const project = (text: string): Party => party(`# T\n\n${text}\n`, "specs/templates/t.md", "project");
  const settings = (text: string): Party => party(`\n\n${text}\n`, "workflow_config.yaml", "settings");

  it.each([
    [
      "- p95 must be at least 300 ms\n- p95 at most 200 ms",
      "TP1122 contradiction specs/shelf.md:3 specs/shelf.md:4",
    ],
    ["- timeout: 30 s\n- timeout: 10 s", "TP1122 contradiction specs/shelf.md:3 specs/shelf.md:4"],
    ["- p95 < 200 ms\n- p95 < 0.3 s", "TP1122 two-sources specs/shelf.md:3 specs/shelf.md:4"],
    ["- coverage ≥ 70 %\n- coverage ≥ 80 %", "TP1122 two-sources specs/shelf.md:3 specs/shelf.md:4"],
  ])("in one document: %j", (text, conflict) => {
    expect(found(figureConflicts, own(text))).toEqual([conflict]);
  });

  it.each([
    "- p95 < 200 ms\n- p95 < 0.2 s",
    "- p95 < 200 ms\n- p99 < 500 ms",
    "- Search p95 < 200 ms\n- Export p95 < 5 s",
    "- `GET /a` p95 < 200 ms\n- `GET /b` p95 < 5 s",
    "- unit test coverage ≥ 70 %\n- integration test coverage ≥ 80 %",
    "- coverage ≥ 70 % (staging)\n- coverage ≥ 80 % (production)",
    "- p95 < 200 ms for search, < 2 s for export",
    "- coverage ≥ 80 %\n- alert when coverage < 75 %",
  ])("are no conflict in %j", (text) => {
    expect(found(figureConflicts, own(text))).toEqual([]);
  });

  it("of the specification against the project's are TP1127", () => {
    expect(
      found(figureConflicts, own("coverage ≥ 70 % (staging)"), settings("coverage ≥ 80 % (staging)")),
    ).toEqual(["TP1127 two-sources specs/shelf.md:3 workflow_config.yaml:3"]);
  });

  it("that the project itself disagrees on are TP1122, whatever the specification says", () => {
    const parties = [
      own("coverage ≥ 70 % (staging)"),
      settings("coverage ≥ 70 % (staging)"),
      project("coverage ≥ 80 % (staging)"),
    ];
    expect(found(figureConflicts, ...parties)).toEqual([
      "TP1122 two-sources specs/shelf.md:3 specs/templates/t.md:3 workflow_config.yaml:3",
    ]);
  });

  it("of another component are its own affair, and those of a template are examples but for policy", () => {
    const lamp = party("# Lamp\n\ncoverage ≥ 50 %\n", "specs/lamp.md", "component", "lamp");
    expect(
      found(figureConflicts, own("coverage ≥ 80 %\n\np95 < 50 ms"), lamp, project("p95 < 200 ms")),
    ).toEqual([]);
  });
});

describe("TP1123 types", () => {
  const api = "\n## API\n\n```python\ndef put(isbn: str, copies: int = 1) -> None: ...\n```\n";

  it("finds a text that gives another type than the API", () => {
    expect(found(typeConflicts, party(spec("`copies` is a string.") + api))).toEqual([
      "TP1123 contradiction specs/shelf.md:5 specs/shelf.md:10",
    ]);
  });

  it("finds two texts that no value can meet both", () => {
    const text = spec("`max_age` MUST be an integer.", "`max_age` is a boolean.");
    expect(found(typeConflicts, party(text))).toEqual([
      "TP1123 contradiction specs/shelf.md:5 specs/shelf.md:6",
    ]);
  });

  it.each([
    ["`copies` is an integer.", "`copies` is a number."],
    ["`isbn` is text.", "`isbn` is a string."],
    ["`other` is a list.", "`thing` is a string."],
    ["The answer is a list.", "The answer is a string."],
    ["`ratio_max` is a float.", "`ratio_max` is an integer."],
  ])("leaves %j and %j alone", (one, other) => {
    expect(found(typeConflicts, party(spec(one, other) + api))).toEqual([]);
  });

  it("leaves a name alone that the API gives several types", () => {
    const two = "\n## API\n\n```python\ndef a(key: str): ...\ndef b(key: int): ...\n```\n";
    expect(found(typeConflicts, party(spec("`key` is an integer.") + two))).toEqual([]);
  });
});

describe("TP1124 responses", () => {
  const scenario = (name: string, given: string, when: string, then: string): string =>
    `### Scenario: ${name}\n\n- Given ${given}\n- When ${when}\n- Then ${then}\n\n`;

  it("finds scenarios with one situation and two answers", () => {
    const text =
      `# Shelf\n\n## Scenarios\n\n` +
      scenario("a", "an empty shelf", "a book is asked for", "the status is 404") +
      scenario("b", "an empty shelf", "a book is asked for", "the status is 410");
    expect(found(responseConflicts, party(text))).toEqual([
      "TP1124 contradiction specs/shelf.md:9 specs/shelf.md:15",
    ]);
  });

  it.each([
    ["the status is 404", "a note is logged"],
    ["the status is 404", "the status is 404"],
    ["the list contains 3", "the list contains 4"],
    ["there are at least 3 books", "there are at least 2 books"],
    ["the answer is empty", "the answer is JSON"],
  ])("lets %j and %j both hold", (one, other) => {
    const text = `# Shelf\n\n## Scenarios\n\n${scenario("a", "x", "y", one)}${scenario("b", "x", "y", other)}`;
    expect(found(responseConflicts, party(text))).toEqual([]);
  });

  it("tells situations apart by their values", () => {
    const text = `# Shelf\n\n## Scenarios\n\n${scenario("a", "1 book", "y", "the status is 1")}${scenario("b", "2 books", "y", "the status is 2")}`;
    expect(found(responseConflicts, party(text))).toEqual([]);
  });

  it("finds rows of outlines with one situation and two answers", () => {
    const step = (keyword: "given" | "when" | "then", text: string, line: number) => ({
      keyword,
      text,
      at: at(line),
    });
    const outline = (rows: readonly (readonly string[])[]): Partial<SpecDoc> => ({
      scenarios: [
        {
          name: "sum",
          requirements: [],
          tags: [],
          steps: [step("when", "<a> is doubled", 3), step("then", "the result is <b>", 4)],
          examples: [{ head: ["a", "b"], rows, at: at(6) }],
          at: at(2),
        },
      ],
    });
    const run = (rows: readonly (readonly string[])[]) =>
      responseConflicts([{ role: "own", owner: "shelf", doc: specDoc(outline(rows)) }]).length;
    expect(
      run([
        ["1", "2"],
        ["2", "4"],
      ]),
    ).toBe(0);
    expect(
      run([
        ["1", "2"],
        ["1", "3"],
      ]),
    ).toBe(1);
  });

  it("finds statements of EARS with one situation and two answers", () => {
    const text = spec(
      "When the key is unknown, the shelf shall respond with 404.",
      "When a key is unknown, the shelf shall respond with 400.",
    );
    expect(found(responseConflicts, party(text))).toEqual([
      "TP1124 contradiction specs/shelf.md:5 specs/shelf.md:6",
    ]);
    const apart = spec(
      "When the key is unknown, the shelf shall respond with 404.",
      "When the key is empty, the shelf shall respond with 400.",
      "The shelf shall respond with 200.",
      "The shelf shall respond with 201.",
    );
    expect(found(responseConflicts, party(apart))).toEqual([]);
  });
});

describe("TP1125 signatures", () => {
  const api = (code: string, file: string): Party =>
    party(`# Shelf\n\n## API\n\n\`\`\`python\n${code}\n\`\`\`\n`, file);

  it.each([
    ["def put(isbn, copies=1): ...", "def put(isbn): ..."],
    ["def put(isbn, copies=1): ...", "def put(isbn, copies): ..."],
    ["def put(isbn): ...", "async def put(isbn): ..."],
    ["class A:\n    def put(self, a, b): ...", "class A:\n    def put(self, b, a): ..."],
    ["def put(a, *, b): ...", "def put(a, b): ..."],
  ])("finds %j against %j", (one, other) => {
    const [conflict] = found(signatureConflicts, api(one, "specs/a.md"), api(other, "specs/b.md"));
    expect(conflict).toMatch(/^TP1125 contradiction specs\/a\.md:[67] specs\/b\.md:[67]$/);
  });

  it.each([
    ["def put(isbn: str): ...", "def put(isbn) -> None: ..."],
    ["def put(\n    isbn: str,\n    copies: int = 1,\n) -> None: ...", "def put(isbn, copies=2): ..."],
    ["def put(isbn): ...", "def take(isbn, n): ..."],
    ["class A:\n    def put(self): ...", "class B:\n    def put(self, x): ..."],
    ["def put(...): ...", "def put(isbn): ..."],
    ["@overload\ndef put(a): ...\n@overload\ndef put(a, b): ...", "def put(a, b=None): ..."],
    ["def put(a={'x': [1, 2]}, b=(1, 2)): ...", "def put(a=None, b=()): ..."],
  ])("leaves %j and %j alone", (one, other) => {
    expect(found(signatureConflicts, api(one, "specs/a.md"), api(other, "specs/b.md"))).toEqual([]);
  });
});

describe("TP1126 claims", () => {
  const lamp = (text: string): Party => party(`# Lamp\n\n${text}\n`, "specs/lamp.md", "component", "lamp");
  const shelf = (text: string): Party => party(`# Shelf\n\n${text}\n`);
  const endpoint = (name: string): string => `## API\n\n### ${name}\n\nDoes it.`;
  const needs = (text: string): string => `## Requirements\n\n- **FR-1**: ${text}`;
  const code = (text: string): string => `## API\n\n\`\`\`python\n${text}\n\`\`\``;

  it.each([
    [endpoint("POST /items/{id}"), endpoint("POST /items/:item")],
    [needs("It listens on port 8080."), needs("The lamp is served on port 8080.")],
    [needs("It writes var/state.json."), needs("The lamp owns var/state.json.")],
    [code("# src/core/api.py\nclass Client: ..."), code("# src/core/api.py\n\nclass Client: ...")],
  ])("finds %j against %j", (one, other) => {
    expect(found(claimConflicts, shelf(one), lamp(other))).toEqual([
      expect.stringMatching(/^TP1126 contradiction specs\/lamp\.md:\d+ specs\/shelf\.md:\d+$/),
    ]);
  });

  it.each([
    [endpoint("GET /health"), endpoint("GET /health")],
    [endpoint("GET /items"), endpoint("POST /items")],
    [needs("It asks port 8080."), needs("The lamp listens on port 8080.")],
    [needs("It reads var/state.json."), needs("The lamp writes var/state.json.")],
    [code("class Client: ..."), code("class Client: ...")],
  ])("leaves %j and %j alone", (one, other) => {
    expect(found(claimConflicts, shelf(one), lamp(other))).toEqual([]);
  });

  it("between two others are theirs", () => {
    const other = party(`# Desk\n\n${endpoint("POST /items")}\n`, "specs/desk.md", "component", "desk");
    expect(found(claimConflicts, shelf("nothing"), lamp(endpoint("POST /items")), other)).toEqual([]);
  });
});

describe("TP1128 order", () => {
  it("finds two statements that cannot be met in any order, and longer circles", () => {
    expect(
      found(
        orderConflicts,
        party(
          spec("Migration MUST run before indexing.", "Indexing MUST be done before the migration starts."),
        ),
      ),
    ).toEqual(["TP1128 contradiction specs/shelf.md:5 specs/shelf.md:6"]);
    const circle = spec(
      "Cutting MUST run before gluing.",
      "Drying MUST run after gluing.",
      "Drying MUST run before cutting.",
    );
    expect(found(orderConflicts, party(circle))).toEqual([
      "TP1128 contradiction specs/shelf.md:5 specs/shelf.md:6 specs/shelf.md:7",
    ]);
  });

  it.each([
    ["Migration MUST run before indexing.", "Indexing MUST run after migration."],
    ["Migration MUST run before indexing.", "Migration MUST NOT run after indexing."],
    ["Cutting MUST run before gluing.", "Gluing MUST run before drying."],
    ["When it is late, cutting MUST run before gluing.", "When it is early, gluing MUST run before cutting."],
    ["The shelf MUST answer before 5 o'clock.", "The shelf MUST be cleaned after 5 o'clock."],
  ])("leaves %j and %j alone", (one, other) => {
    expect(found(orderConflicts, party(spec(one, other)))).toEqual([]);
  });
});

describe("TP1129 schedule", () => {
  const head = (text: string, file = "specs/shelf.md"): Party => party(`# Shelf\n\n${text}\n`, file);
  const record = (stage: string): Party => head(`**Current Stage**: ${stage}`, "src/shelf/MATURITY.md");

  it.each([
    ["a stage beyond the target", "**Target Stage:** staging", "Production"],
    ["a draft in staging", "**Status:** Draft", "Staging"],
  ])("finds %s", (_, text, stage) => {
    expect(found(scheduleConflicts, head(text), record(stage))).toEqual([
      "TP1129 two-sources specs/shelf.md:3 src/shelf/MATURITY.md:3",
    ]);
  });

  it("finds two stages in one file", () => {
    const two = head("**Current Stage**: Staging\n\n**Current Stage:** Development", "src/shelf/MATURITY.md");
    expect(found(scheduleConflicts, two)).toEqual([
      "TP1129 two-sources src/shelf/MATURITY.md:3 src/shelf/MATURITY.md:5",
    ]);
  });

  it.each([
    ["**Target Stage:** production", "Development"],
    ["**Target Stage:** staging", "Staging"],
    ["**Target Stage:** staging", "Development → Staging (in progress)"],
    ["**Status:** Draft", "Development"],
    ["**Status:** Approved", "Production"],
  ])("leaves %j with %j alone", (text, stage) => {
    expect(found(scheduleConflicts, head(text), record(stage))).toEqual([]);
  });
});
