import * as fc from "fast-check";
import { expect, it } from "vitest";
import { recorded, versions } from "../test/recorded.ts";
import { parseCoverage } from "./coverage-report.ts";
import { ownedCoverage, percentOf } from "./owned-coverage.ts";

const texts = versions.flatMap((version) =>
  ["passes", "branches"].map((name) => recorded(version, name).coverage ?? ""),
);

/** The judged figure, or nothing when the report is refused. */
function figure(text: string, metric: "statement" | "branch"): number | undefined {
  try {
    const owned = ownedCoverage(
      parseCoverage(text),
      "/repo",
      ["src/foo"],
      ["src/foo/__init__.py", "src/foo/never.py"],
    );
    return owned.unmeasured.length > 0 ? undefined : percentOf(owned.counts, metric);
  } catch {
    return undefined;
  }
}

it("one changed figure never lifts the coverage", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.constantFrom("statement", "branch"),
      fc.nat(),
      fc.integer({ min: 0, max: 200 }),
      (text, metric, at, value) => {
        const figures = [...text.matchAll(/(?<=[[ ])\d+(?:\.\d+)?(?=[,\]}])/g)];
        const chosen = figures[at % figures.length];
        fc.pre(chosen !== undefined);
        const { index = 0, 0: old = "" } = chosen ?? {};
        const changed = text.slice(0, index) + String(value) + text.slice(index + old.length);
        expect(figure(changed, metric) ?? 0).toBeLessThanOrEqual(figure(text, metric) ?? 0);
      },
    ),
    { numRuns: 2_000 },
  );
});

it("a cut or mangled report is refused or says the same", () => {
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(), fc.string({ maxLength: 2 }), (text, at, inserted) => {
      const place = at % text.length;
      expect(figure(text.slice(0, place), "statement")).toBeUndefined();
      const mangled = text.slice(0, place) + inserted + text.slice(place + 1);
      expect(figure(mangled, "statement") ?? 0).toBeLessThanOrEqual(figure(text, "statement") ?? 0);
    }),
    { numRuns: 2_000 },
  );
});
