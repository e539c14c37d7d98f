import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf, parseRoute, withFilter } from "./routes.ts";

describe("an address", () => {
  it("leads back to what it was made of, whatever the names are", () => {
    assert(
      property(string({ minLength: 1, unit: "grapheme" }), (name) => {
        expect(parseRoute(addressOf("gates", name))).toEqual({ page: "gate", parts: [name], filter: "" });
      }),
    );
  });

  it("names two runs", () => {
    expect(parseRoute("#/runs/r1/diff/r2")).toEqual({ page: "diff", parts: ["r1", "r2"], filter: "" });
  });

  it("keeps a filter", () => {
    assert(
      property(string(), (filter) => {
        expect(parseRoute(withFilter("#/gates", filter))).toEqual({ page: "gates", parts: [], filter });
      }),
    );
    expect(withFilter("#/gates?q=old", "new")).toBe("#/gates?q=new");
  });

  it.each(["", "#", "#/", "#/nowhere", "#/%E0%A4%A"])("%s leads to the overview", (hash) => {
    expect(parseRoute(hash).page).toBe("overview");
  });
});
