import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, digestOf } from "./canonical.ts";

describe("canonicalJson", () => {
  it("does not depend on the order of keys, and leaves undefined out", () => {
    expect(canonicalJson({ b: 1, a: [null, "x", undefined], c: undefined })).toBe(
      '{"a":[null,"x",null],"b":1}',
    );
    expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }));
  });

  it("refuses figures that are not finite", () => {
    expect(() => canonicalJson({ value: Number.NaN })).toThrow(TypeError);
  });

  it("is JSON that means the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
