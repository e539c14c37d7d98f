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
