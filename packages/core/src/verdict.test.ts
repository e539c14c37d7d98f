import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Evidence } from "./gate.ts";
import { judge, promotes, verdicts } from "./verdict.ts";

const good: Evidence = {
  candidates: 2,
  checked: 2,
  findings: [],
  measurements: [
    { name: "errors", value: 0, unit: "errors", operator: "<=", threshold: 0, source: "default" },
  ],
  tool: { name: "fake", version: "1", via: "test" },
};
const finding = { fingerprint: "f", tool: "fake", rule: "R1", message: "m" };

describe("judge", () => {
  it("passes complete evidence", () => {
    expect(judge(good)).toEqual({ verdict: "passed" });
  });

  it("never passes when nothing was checked (G09, G19, G31)", () => {
    expect(judge({ ...good, checked: 0 })).toMatchObject({ verdict: "errored", kind: "no-input" });
  });

  it("never passes without a figure", () => {
    expect(judge({ ...good, measurements: [] })).toMatchObject({ verdict: "errored", kind: "plugin" });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("takes %s for no figure at all", (value) => {
    const [measurement] = good.measurements;
    if (!measurement) throw new Error("no measurement");
    expect(judge({ ...good, measurements: [{ ...measurement, value }] })).toMatchObject({
      verdict: "errored",
    });
    expect(judge({ ...good, measurements: [{ ...measurement, threshold: value }] })).toMatchObject({
      verdict: "errored",
    });
  });

  it("fails for a finding of level error even when all figures hold", () => {
    expect(judge({ ...good, findings: [{ ...finding, level: "error" }] })).toEqual({ verdict: "failed" });
  });

  it("warns for findings of level warning and for warnings, not for notes", () => {
    expect(judge({ ...good, findings: [{ ...finding, level: "warning" }] })).toEqual({ verdict: "warned" });
    expect(judge({ ...good, warnings: ["old database"] })).toEqual({ verdict: "warned" });
    expect(judge({ ...good, findings: [{ ...finding, level: "note" }], notes: ["n"] })).toEqual({
      verdict: "passed",
    });
  });

  it("can only promote what checked something, has only finite figures that hold, and no error", () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -1, Number.NaN, Infinity));
    const evidence = fc.record({
      candidates: number,
      checked: number,
      findings: fc.array(fc.record({ level: fc.constantFrom("error", "warning", "note") }), { maxLength: 3 }),
      measurements: fc.array(
        fc.record({ value: number, threshold: number, operator: fc.constantFrom(">=", "<=", "==") }),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(evidence, (drawn) => {
        const full: Evidence = {
          ...good,
          ...drawn,
          findings: drawn.findings.map(({ level }) => ({
            ...finding,
            level: level as "error" | "warning" | "note",
          })),
          measurements: drawn.measurements.map((m) => ({
            ...m,
            operator: m.operator as "<=",
            name: "n",
            unit: "u",
            source: "s",
          })),
        };
        if (!promotes(judge(full).verdict)) return;
        expect(full.checked).toBeGreaterThan(0);
        expect(full.findings.every(({ level }) => level !== "error")).toBe(true);
        expect(full.measurements.length).toBeGreaterThan(0);
        for (const { value, threshold, operator } of full.measurements) {
          expect(Number.isFinite(value)).toBe(true);
          expect(
            operator === "<="
              ? value <= threshold
              : operator === ">="
                ? value >= threshold
                : value === threshold,
          ).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("promotes", () => {
  it("lets exactly passed, warned and waived through", () => {
    expect(verdicts.filter(promotes)).toEqual(["passed", "warned", "waived"]);
  });

  it("has no answer while something is waited for, unless a finding gives it", () => {
    const waiting = { for: "the soak" };
    const open = {
      ...good,
      measurements: good.measurements.map((one) => ({ ...one, value: 9, threshold: 0 })),
    };
    expect(judge({ ...open, waiting }).verdict).toBe("inconclusive");
    expect(judge({ ...good, candidates: 0, checked: 0, measurements: [], waiting }).verdict).toBe(
      "inconclusive",
    );
    const bad = { ...finding, level: "error" as const };
    expect(judge({ ...open, waiting, findings: [bad] }).verdict).toBe("failed");
    expect(promotes("inconclusive")).toBe(false);
  });
});
