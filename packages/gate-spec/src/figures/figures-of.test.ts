import type { Figure } from "@towpath/core";
import { assert, constantFrom, nat, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMarkdown } from "../markdown.ts";
import { outlineOf } from "../outline.ts";
import { sourceOf } from "../source.ts";
import { withinBudget } from "../within-budget.ts";
import { figuresOf } from "./figures-of.ts";

function figures(text: string): readonly Figure[] {
  const root = parseMarkdown(text);
  return figuresOf(sourceOf(text, "specs/foo.md"), root, outlineOf(root));
}

/** Line, subject, metric, kind of test, maturity, limit: what is empty is left out. */
function short(text: string): readonly string[] {
  return figures(text).map(({ at, subject, metric, scope, stage, operator, value, unit }) =>
    [at.line, subject && `[${subject}]`, metric, scope && `(${scope})`, stage, `${operator} ${value}${unit}`]
      .filter((part) => part !== "" && part !== undefined)
      .join(" "),
  );
}

describe("a figure", () => {
  it.each([
    ["p95 < 200ms", ["1 p95 < 200ms"]],
    ["`p95 < 0.2 s`", ["1 p95 < 200ms"]],
    ["The 95th percentile latency MUST stay below 200 ms.", ["1 p95 < 200ms"]],
    ["p95 < 200ms, p99 < 500ms", ["1 p95 < 200ms", "1 p99 < 500ms"]],
    ["99.5 % uptime over 7 days", ["1 uptime >= 99.5%"]],
    ["Availability: never below 99.5%", ["1 uptime >= 99.5%"]],
    ["Test coverage: ≥70% (staging)", ["1 coverage staging >= 70%"]],
    ["coverage 70 % or more in staging", ["1 coverage staging >= 70%"]],
    ["coverage ≥ 80 (unit)", ["1 coverage (unit) >= 80%"]],
    ["Integration tests reach 80 % coverage", ["1 coverage (integration) >= 80%"]],
    ["Memory must not exceed 512 MiB", ["1 memory <= 536870912B"]],
    ["Throughput: at least 1,000 requests per second", ["1 throughput >= 1000/s"]],
    ["Throughput of 600 requests per minute", ["1 throughput >= 10/s"]],
    ["Search p95 < 200 ms", ["1 [search] p95 < 200ms"]],
    ["`POST /take`: p95 < 50 ms", ["1 [post /take] p95 < 50ms"]],
    ["Concurrent users: ≥ 100", ["1 concurrent users >= 100"]],
    ["In staging, p95 < 200 ms and p99 < 500 ms", ["1 p95 staging < 200ms", "1 p99 staging < 500ms"]],
  ])("is found in %j", (text, found) => {
    expect(short(text)).toEqual(found);
  });

  it.each([
    "about 60–80 % coverage",
    "latency of ~200 ms",
    "coverage is currently 42 %",
    "e.g. p95 < 200 ms",
    "uptime v1.2.3",
    "a timeout",
    "7 days of staging",
    "95 % of the users are happy",
    "since 2026-11-15 coverage counts",
    "```python\ncoverage = 80\np95 < 200\n```",
    "## Example\n\ncoverage ≥ 80 %",
    "## Change log\n\n### 1.2\n\n- coverage ≥ 80 %",
    "<!-- coverage ≥ 80 % -->",
  ])("is not found in %j", (text) => {
    expect(short(text)).toEqual([]);
  });

  it("belongs to each of several maturities of a line, before or behind the number", () => {
    const ladder = ["1 coverage dev >= 50%", "1 coverage staging >= 70%", "1 coverage production >= 80%"];
    expect(short("Coverage: dev 50 %, staging 70 %, production 80 %")).toEqual(ladder);
    expect(short("Coverage: ≥50% (development), ≥70% (staging), ≥80% (production)")).toEqual(ladder);
    expect(short("Coverage is 50 % in dev, 70 % in staging and 80 % in production")).toEqual(ladder);
  });

  it("takes maturity, metric and subject from the headings and items above it", () => {
    const text = `# Lantern

## Maturity targets

### Development Stage

- Test coverage
  - ≥60%

### Staging → Production

- [ ] Lantern reaches integration coverage ≥80%
- [ ] Uptime in staging ≥99.5%

#### NFR-2: Search speed

**Target:** p95 < 100 ms
`;
    expect(short(text)).toEqual([
      "8 coverage dev >= 60%",
      "12 coverage (integration) production >= 80%",
      "13 uptime production >= 99.5%",
      "17 [search] p95 production < 100ms",
    ]);
  });

  it("stands in tables, with the maturity of the column or of the row", () => {
    const text = `# Lantern

| Metric | Staging | Production | Actual |
|---|---|---|---|
| Coverage | 70 % | 80 % | 12 % |
| Search (p95) | 300 ms | 200 ms | 1 s |

| Stage | Coverage |
|---|---|
| Development | 50 % |
`;
    expect(short(text)).toEqual([
      "5 coverage staging >= 70%",
      "5 coverage production >= 80%",
      "6 [search] p95 staging <= 300ms",
      "6 [search] p95 production <= 200ms",
      "10 coverage dev >= 50%",
    ]);
  });

  it("stands in fenced YAML and TOML as a key that sets a limit", () => {
    const yaml = "```yaml\ncoverage:\n  precision: 2\n  staging: 70\n  dev: 50 # low\nport: 80\n```\n";
    expect(short(yaml)).toEqual(["4 coverage staging >= 70%", "5 coverage dev >= 50%"]);
    expect(short("```toml\ncoverage_min = 80\n```")).toEqual(["2 coverage >= 80%"]);
  });

  it("has the line of its number, not that of its sentence", () => {
    const text = "The p95 of all requests\nMUST stay below\n200 ms, also at night.";
    const [figure] = figures(text);
    expect(figure).toMatchObject({ metric: "p95", value: 200, at: { line: 3, column: 1, endColumn: 23 } });
  });

  it("is the same figure whatever its unit is written as", () => {
    const factors = { ms: 1, s: 1_000, min: 60_000 };
    assert(
      property(nat(9_999), constantFrom("ms" as const, "s" as const, "min" as const), (value, unit) => {
        expect(figures(`- latency ≤ ${value} ${unit}`)).toMatchObject([
          { value: value * factors[unit], unit: "ms" },
        ]);
      }),
    );
  });

  it("never throws, and stands on a line of the text", () => {
    const part = constantFrom(
      "coverage ",
      "≥ 70 %",
      "| ",
      "\n",
      "# ",
      "- ",
      "p95 < ",
      "200 ms ",
      "staging ",
      "(",
      ")",
      "**",
    );
    assert(
      property(string({ unit: part, maxLength: 60 }), (text) => {
        const lines = text.split("\n").length;
        for (const { at, value } of figures(text)) {
          expect(at.line).toBeGreaterThanOrEqual(1);
          expect(at.line).toBeLessThanOrEqual(lines);
          expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });

  it("takes time in proportion to the text", () => {
    const size = 2 ** 16;
    const lines = [
      "coverage ",
      "70 % ",
      "p95 < 200 ms ",
      "at least ",
      "1,000,",
      "staging ",
      "(",
      "GET /a ",
      "or less ",
    ];
    const texts = lines.flatMap((line) => [
      `x ${line.repeat(size / line.length)}`,
      `- ${line.repeat(100 / line.length)}\n`.repeat(size / 100),
      `x ${line.repeat(900 / line.length)}\n\n`.repeat(size / 900),
    ]);
    const trees = texts.map((text) => ({ text, root: parseMarkdown(text) }));
    const work = (): void => {
      for (const { text, root } of trees) figuresOf(sourceOf(text, "a.md"), root, outlineOf(root));
    };
    expect(() => withinBudget(work, 20_000)).not.toThrow();
  });
});
