import { describe, expect, it } from "vitest";
import { parseFilter } from "./filter.ts";

const row = { gate: ["lint"], status: ["failed"], reason: ["F401", "E501"], component: ["shop"] };

describe("a filter", () => {
  it.each([
    ["", true],
    ["s:failed", true],
    ["s:passed", false],
    ["status:FAIL", true],
    ["r:F401 r:E501", true],
    ["r:F401 r:W1", false],
    ["!s:failed", false],
    ["!r:W1", true],
    ["shop", true],
    ["!shop", false],
    ['"shop"', true],
    ['g:"no such"', false],
    ["nokey:lint", false],
    ["!nokey:lint", true],
    ["constructor:x", false],
    ["s:failed !c:mail lint", true],
  ])("%s", (filter, fits) => {
    expect(parseFilter(filter)(row)).toBe(fits);
  });

  it("keeps spaces in quotes", () => {
    const fields = { message: ["there is no module here"] };
    expect(parseFilter('"no module"')(fields)).toBe(true);
    expect(parseFilter('"module no"')(fields)).toBe(false);
  });
});
