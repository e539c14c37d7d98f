import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseC901 } from "./c901-report.ts";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/ruff-wasm-0.17.4/${name}.json`, import.meta.url), "utf8"));

const breakage = (kind: string) => expect.objectContaining({ kind });

it("reads every function with its figure and place", () => {
  const outcome = parseC901(fixture("shapes"));
  if (outcome.kind !== "measured") throw new Error(outcome.kind);
  const figures = outcome.functions.map(({ name, complexity }) => [name, complexity]);
  expect(figures.toSorted()).toEqual([
    ["closure", 1],
    ["decorated", 3],
    ["deep", 2],
    ["inner", 2],
    ["method", 1],
    ["route", 8],
  ]);
  const route = outcome.functions.find(({ name }) => name === "route");
  expect(route?.range).toEqual({ startLine: 12, startColumn: 5, endLine: 12, endColumn: 10 });
});

it("takes a file without functions for measured", () => {
  expect(parseC901(fixture("constants"))).toEqual({ kind: "measured", functions: [] });
});

it("takes a syntax error for a file that was not measured", () => {
  expect(parseC901(fixture("broken"))).toEqual({
    kind: "unparsed",
    reason: "line 1: Expected an identifier",
  });
});

it.each([
  [
    "another rule",
    [
      {
        code: "F401",
        message: "unused",
        start_location: { row: 1, column: 1 },
        end_location: { row: 1, column: 2 },
      },
    ],
  ],
  [
    "another wording",
    [
      {
        code: "C901",
        message: "f: 12",
        start_location: { row: 1, column: 1 },
        end_location: { row: 1, column: 2 },
      },
    ],
  ],
  ["no list", { code: "C901" }],
])("refuses %s", (_, diagnostics) => {
  expect(() => parseC901(diagnostics)).toThrow(breakage("parse"));
});
