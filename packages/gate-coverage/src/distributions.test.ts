import { expect, it } from "vitest";
import { versionsIn } from "./distributions.ts";

it("reads names and versions of metadata folders", () => {
  const names = [
    "pytest-9.2.0.dist-info",
    "pytest_cov-7.1.0.dist-info",
    "Coverage-6.5.egg-info",
    "_pytest",
    "pytest",
    "a.pth",
  ];
  expect(versionsIn(names)).toEqual({ pytest: "9.2.0", "pytest-cov": "7.1.0", coverage: "6.5" });
});
