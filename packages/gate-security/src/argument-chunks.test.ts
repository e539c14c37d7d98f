import { array, assert, property, string } from "fast-check";
import { expect, it } from "vitest";
import { argumentChunks } from "./argument-chunks.ts";

it("keeps every argument once and in order, and each chunk below the limit", () => {
  assert(
    property(array(string({ maxLength: 30 })), (args) => {
      const chunks = argumentChunks(args, 31);
      expect(chunks.flat()).toEqual(args);
      for (const chunk of chunks) expect(chunk.join(" ").length).toBeLessThan(31);
      expect(chunks.every((chunk) => chunk.length > 0)).toBe(true);
    }),
  );
});

it("passes an argument that is longer than the limit alone", () => {
  expect(argumentChunks(["a", "bbbbbb", "c"], 4)).toEqual([["a"], ["bbbbbb"], ["c"]]);
});
