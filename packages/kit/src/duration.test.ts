import { expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

it.each([
  ["7d", 604_800_000],
  ["12h", 43_200_000],
  ["5m", 300_000],
  ["90s", 90_000],
  ["500ms", 500],
])("reads %s", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(["", "7", "d", "7 d", "-7d", "1.5h", "7D", "7days", "٧d", "9999999999s"])(
  "reads no duration in %j",
  (text) => {
    expect(parseDuration(text)).toBe(undefined);
  },
);
