import { expect, it } from "vitest";
import { targetVersion } from "./target-version.ts";

it.each([
  [">=3.11", "py311"],
  [">=3.9.7,<4", "py39"],
  [">= 3.8, != 3.8.1", "py38"],
  ["~=3.10", "py310"],
  ["==3.12.*", "py312"],
  [">=3", "py37"],
  ["<3.13,>=3.12", "py312"],
  [">=2.7", undefined],
  ["<4", undefined],
  [">=3.99", undefined],
])("%s means %s", (requires, version) => {
  expect(targetVersion(requires)).toBe(version);
});
