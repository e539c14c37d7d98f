import { expect, it } from "vitest";
import { shortDigest } from "./short-digest.ts";

it("is the same everywhere, and tells values, files and types apart", () => {
  const digests = [
    shortDigest("keyword", "a.py", "one"),
    shortDigest("keyword", "a.py", "two"),
    shortDigest("keyword", "b.py", "one"),
    shortDigest("aws", "a.py", "one"),
  ];
  expect(new Set(digests).size).toBe(4);
  expect(shortDigest("keyword", "a.py", "one")).toBe(digests[0]);
});

it("is too short to confirm a guess: many values share a digest", () => {
  const digests = new Set(
    Array.from({ length: 100_000 }, (_, i) => shortDigest("keyword", "a.py", `password${i}`)),
  );
  expect(digests.size).toBeLessThanOrEqual(65_536);
});
