import { expect, it } from "vitest";
import { duration, durationInWords } from "./duration.ts";

it("reads durations in milliseconds", () => {
  expect(duration.parse("90s")).toBe(90_000);
});

it.each(["", "7", "7days"])("refuses %j", (text) => {
  expect(duration.safeParse(text).success).toBe(false);
});

it.each([
  [604_800_000, "7 d"],
  [273_600_000, "3 d 4 h"],
  [86_400_000 + 1_000, "1 d"],
  [90_000, "1 min 30 s"],
  [30_000, "30 s"],
  [1_500, "1 s 500 ms"],
  [0, "0 s"],
])("says %d ms as %s", (ms, words) => {
  expect(durationInWords(ms)).toBe(words);
});
