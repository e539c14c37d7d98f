import { expect, it } from "vitest";
import { options } from "./options.ts";

it("tolerates no error and shows warnings", () => {
  expect(options.parse(undefined)).toEqual({ maxErrors: 0, warnings: "report" });
});

it.each([
  [{ maxErrors: -1 }],
  [{ maxErrors: 0.5 }],
  [{ maxErrors: "0" }],
  [{ maxerrors: 3 }],
  [{ warnings: "ignore" }],
])("refuses %j", (written) => {
  expect(options.safeParse(written).success).toBe(false);
});
