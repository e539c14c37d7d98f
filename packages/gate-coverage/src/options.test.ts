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

  it.each([
    ["an unknown key", { threshold: 70 }],
    ["an unknown target", { coverage: { prod: 80 } }],
    ["a threshold above 100", { coverage: { staging: 101 } }],
    ["an unknown metric", { metric: "line" }],
    ["a variable with its value", { env: ["TOKEN=1"] }],
  ])("refuses %s", (_, value) => {
    expect(options.safeParse(value).success).toBe(false);
  });
});
