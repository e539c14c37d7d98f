import { expect, it } from "vitest";
import { requireFresh } from "./require-fresh.ts";

it.each([
  ["just made", "2026-11-23T05:23:17.683084"],
  ["made after the clock was put back by an hour", "2026-11-23T04:23:18.100000"],
])("accepts a report that was %s", (_, reported) => {
  expect(() => requireFresh(reported, "2026-11-23T05:23:17.600000")).not.toThrow();
});

it("refuses the report of last week (TTA-1)", () => {
  expect(() => requireFresh("2025-10-13T10:00:00.000000", "2025-10-20T10:00:00.000000")).toThrow(
    expect.objectContaining({ kind: "mismatch", message: expect.stringContaining("2025-10-13") }),
  );
});
