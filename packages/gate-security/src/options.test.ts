import { describe, expect, it } from "vitest";
import { options } from "./options.ts";

describe("options", () => {
  it("fills in the documented defaults", () => {
    expect(options.parse(undefined)).toEqual({
      secrets: { engine: "auto" },
      sast: { thresholds: { high: 0, medium: 5, low: null } },
      dependencies: { service: "pypi", timeoutSeconds: 15 },
    });
  });

  it("keeps the other thresholds when one is set", () => {
    expect(options.parse({ sast: { thresholds: { medium: 0 } } }).sast.thresholds).toEqual({
      high: 0,
      medium: 0,
      low: null,
    });
  });

  // G30: a threshold that no gate judges must not be accepted in silence.
  it.each([
    { sast: { thresholds: { critical: 0 } } },
    { sast: { maxHigh: 0 } },
    { security: { max_high: 0 } },
    { secrets: { verify: true } },
    { sast: { thresholds: { high: null } } },
    { sast: { thresholds: { high: -1 } } },
    { sast: { thresholds: { medium: 2.5 } } },
    { dependencies: { requirements: [] } },
    { dependencies: { osvUrl: "http://localhost:1/v1/query" } },
    { dependencies: { service: "osv", osvUrl: "file:///etc/passwd" } },
  ])("refuses %j", (input) => {
    expect(options.safeParse(input).success).toBe(false);
  });
});
