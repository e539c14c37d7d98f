import { expect, it } from "vitest";
import { options } from "./options.ts";

it("asks for more docstrings the further a component is to go", () => {
  expect(options.parse(undefined)).toEqual({ docstrings: { dev: 0, staging: 80, production: 90 } });
});

it("keeps the defaults of targets that are not named", () => {
  expect(options.parse({ docstrings: { staging: 100 } }).docstrings).toEqual({
    dev: 0,
    staging: 100,
    production: 90,
  });
});

it.each([
  [{ docstring: {} }],
  [{ docstrings: 80 }],
  [{ docstrings: { test: 1 } }],
  [{ docstrings: { dev: 101 } }],
  [{ readme: "" }],
  [{ readme: "/README.md" }],
  [{ readme: "docs/../../README.md" }],
])("refuses %j", (written) => {
  expect(options.safeParse(written).success).toBe(false);
});
