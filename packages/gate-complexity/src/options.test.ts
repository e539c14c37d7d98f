import { expect, it } from "vitest";
import { options } from "./options.ts";

it("allows a complexity of 10, measured by what is there", () => {
  expect(options.parse(undefined)).toEqual({ max: 10, engine: "auto" });
});

it.each([[{ max: 0 }], [{ max: 1.5 }], [{ maximum: 10 }], [{ engine: "lizard" }], [{ command: "" }]])(
  "refuses %j",
  (written) => {
    expect(options.safeParse(written).success).toBe(false);
  },
);
