import { expect, it } from "vitest";
import { coverageMode } from "./coverage-mode.ts";

it.each([
  [{ pytest: "9.2.0", "pytest-cov": "7.1.0", coverage: "7.17.3" }, "pytest-cov"],
  [{ pytest: "8.0.0", "pytest-cov": "4.1.0", coverage: "7.0.0" }, "pytest-cov"],
  [{ pytest: "7.2.2", "pytest-cov": "4.0.0", coverage: "6.5.0" }, "pytest-cov-without-json"],
  [{ pytest: "9.2.0", coverage: "7.17.3" }, "coverage-run"],
  [{ pytest: "9.2.0" }, "none"],
])("%j: %s", (distributions, mode) => {
  expect(coverageMode(distributions)).toBe(mode);
});
