import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTime, writeTime } from "./timestamp.ts";

describe("times of session files", () => {
  it.each([
    ["2025-10-20T20:52:46.824822", "2025-10-20T20:52:46.824822Z", "naive"],
    ["2025-10-20T20:52:46", "2025-10-20T20:52:46.000Z", "naive"],
    ["2026-11-22T10:00:00.120000+00:00", "2026-11-22T10:00:00.120Z", "aware"],
    ["2026-11-22T12:00:00.500000+02:00", "2026-11-22T10:00:00.500Z", "aware"],
    ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z", "aware"],
  ])("reads %s", (text, at, style) => {
    expect(readTime(text)).toEqual({ at, style });
  });

  it.each(["", "yesterday", "2026-13-01T00:00:00", "2026-11-22", "1700000000"])("refuses %j", (text) => {
    expect(readTime(text)).toBe(undefined);
  });

  it("comes back as it was, in the style of its file, with six digits and never Z", () => {
    const times = fc.date({ min: new Date("1990-01-01"), max: new Date("2090-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(times, fc.nat({ max: 999 }), fc.constantFrom("naive", "aware"), (time, micros, style) => {
        const digits = micros === 0 ? "" : String(micros).padStart(3, "0");
        const at = time.toISOString().replace("Z", `${digits}Z`);
        const text = writeTime(at, style);
        expect(text).toMatch(style === "naive" ? /\.\d{6}$/ : /\.\d{6}\+00:00$/);
        expect(readTime(text)).toEqual({ at, style });
      }),
    );
  });
});
