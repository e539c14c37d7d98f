import { describe, expect, it } from "vitest";
import { options } from "./options.ts";

describe("options", () => {
  it("has the thresholds of the targets by default", () => {
    expect(options.parse(undefined)).toEqual({
      coverage: { dev: 50, staging: 70, production: 80 },
      metric: "statement",
      flaky: "fail",
      args: [],
      env: [],
    });
  });

  it("keeps the other thresholds when one is set", () => {
    expect(options.parse({ coverage: { staging: 75 } }).coverage).toEqual({
      dev: 50,
      staging: 75,
      production: 80,
    });
  });

  it("has a threshold for integration tests in production, and in staging where one is set", () => {
    const integration = { marker: "integration" };
    const parsed = (integrationCoverage: object): unknown =>
      options.parse({ integration, integrationCoverage }).integrationCoverage;
    expect(parsed({})).toEqual({ production: 80 });
    expect(parsed({ staging: 60 })).toEqual({ staging: 60, production: 80 });
  });

  it.each([
    ["an unknown key", { threshold: 70 }],
    ["an unknown target", { coverage: { prod: 80 } }],
    ["a threshold above 100", { coverage: { staging: 101 } }],
    ["an unknown metric", { metric: "line" }],
    ["a variable with its value", { env: ["TOKEN=1"] }],
    ["a variable that Towpath sets", { env: ["TOWPATH_URL"] }],
    ["a selection of no tests", { integration: {} }],
    ["a threshold for integration tests that are not named", { integrationCoverage: { production: 70 } }],
  ])("refuses %s", (_, value) => {
    expect(options.safeParse(value).success).toBe(false);
  });
});
