import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFrontMatter } from "./front-matter.ts";

describe("readFrontMatter", () => {
  it("reads texts and lists, quoted or not, and the text below", () => {
    const text = [
      "---",
      "# who reads this",
      "applyTo: [\"**/*.py\", 'src/**', tests/*]",
      'description: "Style: how we write"',
      "tags:",
      "  - retry",
      "  - 'time out'",
      "severity: high   # agreed",
      "empty:",
      "---",
      "",
      "## Text",
      "",
    ].join("\r\n");
    expect(readFrontMatter(text)).toEqual({
      fields: {
        applyTo: ["**/*.py", "src/**", "tests/*"],
        description: "Style: how we write",
        tags: ["retry", "time out"],
        severity: "high",
        empty: [],
      },
      body: "## Text",
    });
  });

  it.each([
    ["no front matter here", /no front matter/],
    ["---\na: b\n", /no end/],
    ["---\na: b\na: c\n---\n", /a twice/],
    ["---\na: b\n  deeper: c\n---\n", /line 3 .* not understood/],
  ])("says what is wrong with %j", (text, reason) => {
    expect(readFrontMatter(text)).toMatch(reason);
  });

  it.each([
    ["a list of many items", (count: number) => `tags:\n${"- a\n".repeat(count)}`],
    ["a value with a wide gap", (count: number) => `tags: a${" ".repeat(count)}b`],
  ])("reads %s in proportion to its size", (_, fields) => {
    const took = (count: number): number => {
      const text = `---\n${fields(count)}\n---\n`;
      const times = [0, 1, 2].map(() => {
        const start = performance.now();
        readFrontMatter(text);
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    expect(took(80_000) / took(10_000)).toBeLessThan(30);
  });

  it("answers for every text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("-", "a", ":", " ", "\n", "[", "]", ",", "'", '"', "#") }),
        (text) => {
          readFrontMatter(`---\n${text}\n---\n`);
          readFrontMatter(text);
        },
      ),
    );
  });
});
