import { isTowpathError } from "@towpath/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyRun, errored, failing, finding, result, runOf } from "../test/sample.ts";
import { ctrf } from "./ctrf.ts";
import { gitlabCodeQuality } from "./gitlab-code-quality.ts";
import { junit } from "./junit.ts";
import { markdownComment, markdownReport } from "./markdown.ts";
import { outcomeOf } from "./outcome.ts";
import { readRunReport } from "./read-run-report.ts";
import { sarif } from "./sarif.ts";

function refusal(text: string): string {
  try {
    readRunReport(text, "result.json");
  } catch (error) {
    if (isTowpathError(error) && error.data.code === "TP6003") return error.data.message;
    throw error;
  }
  return "";
}

describe("readRunReport", () => {
  it("reads what was written", () => {
    fc.assert(
      fc.property(anyRun, (report) => {
        const text = JSON.stringify(report);
        const read = readRunReport(text, "result.json");
        expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(text));
        expect(outcomeOf(read)).toBe(outcomeOf(report));
      }),
    );
  });

  it.each([
    ["no JSON", "{", "no JSON"],
    ["half a record", JSON.stringify(runOf([result()])).slice(0, 200), "no JSON"],
    ["another document", "[]", "no schemaVersion"],
    ["null", "null", "no schemaVersion"],
    ["a newer record", JSON.stringify({ ...runOf([result()]), schemaVersion: 2 }), "schemaVersion 2"],
    [
      "a verdict that does not exist",
      JSON.stringify(runOf([result()])).replace('"passed","required"', '"fine","required"'),
      "stages.0.results.0.verdict",
    ],
    ["a component that leads elsewhere", JSON.stringify(runOf([result({ component: "../x" })])), "name"],
    [
      "a line that is no number",
      JSON.stringify(runOf([failing([finding()])])).replace('"startLine":3', '"startLine":"3"'),
      "startLine",
    ],
    [
      "a gate of which nobody knows whether it is required",
      JSON.stringify(runOf([errored()])).replace('"required":true,', ""),
      "required",
    ],
    ["a time that is none", JSON.stringify(runOf([result()], { startedAt: "yesterday" })), "startedAt"],
  ])("refuses %s", (_, text, words) => {
    expect(refusal(text)).toContain(words);
  });

  it("a record that lost anything is refused, or every report of it can be written and none turns to passed", () => {
    const report = runOf([failing([finding()]), errored({ gate: "tests" }), result({ gate: "docs" })]);
    const places = pathsOf(report);
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.constantFrom(undefined, null, 7, "x", [], {}),
        (path, value) => {
          const text = JSON.stringify(changed(report, path, value));
          if (refusal(text) !== "") return;
          const read = readRunReport(text, "result.json");
          for (const write of [sarif, junit, gitlabCodeQuality, ctrf, markdownReport, markdownComment])
            write(read);
          expect(outcomeOf(read)).not.toBe("passed");
        },
      ),
      { numRuns: 600 },
    );
  });
});

type Path = readonly (string | number)[];

/** The paths of everything in JSON data. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))].filter(
    ({ length }) => length > 0,
  );
}

function changed(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  const part: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return Object.assign(Array.isArray(value) ? [] : {}, value, { [key]: changed(part, rest, to) });
}
