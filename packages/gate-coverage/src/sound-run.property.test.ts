import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judged, recorded, versions, type Recording } from "../test/recorded.ts";
import { parsePytestLog } from "./pytest-log.ts";

/** Runs that must never be judged as passed. */
const bad = [
  "outcomes",
  "outcomes-xdist",
  "worker-dies",
  "subtests",
  "stops-at-first",
  "exit-0-after-failure",
  "collect-error",
  "os-exit",
  "exit-0-early",
  "no-tests",
  "collect-only",
  "all-skipped",
];

const recordings = fc.constantFrom(
  ...versions.flatMap((version) => bad.map((name) => recorded(version, name))),
);

function passes(recording: Recording): boolean {
  try {
    const { tests } = judged(recording);
    return (
      !tests.some((test) => test.outcome === "failed") &&
      parsePytestLog(recording.log ?? "").collectErrors.length === 0
    );
  } catch {
    return false;
  }
}

/** One thing gone wrong in a text: a line lost, doubled or moved, a cut, a changed character, a changed word. */
const damage: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.nat().map(
    (at) => (text: string) =>
      text
        .split("\n")
        .filter((_, index, all) => index !== at % all.length)
        .join("\n"),
  ),
  fc.nat().map(
    (at) => (text: string) =>
      text
        .split("\n")
        .flatMap((line, index, all) => (index === at % all.length ? [line, line] : [line]))
        .join("\n"),
  ),
  fc.nat().map((at) => (text: string) => text.slice(0, at % (text.length + 1))),
  fc.tuple(fc.nat(), fc.string({ minLength: 1, maxLength: 1 })).map(([at, char]) => (text: string) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + char + text.slice(place + 1);
  }),
  fc
    .constantFrom<[RegExp, string]>(
      [/"failed"/, '"passed"'],
      [/"failed"/g, '"passed"'],
      [/"failed"/g, '"skipped"'],
      [/"failed"/g, '"rerun"'],
      [/"collected": \d+/, '"collected": 1'],
      [/"collected": \d+/, '"collected": 0'],
      [/"exit": \d+/, '"exit": 0'],
      [/<failure/g, "<skipped"],
      [/<(failure|error)[^]*<\/\1>/g, ""],
      [/failures="\d+"/, 'failures="0"'],
    )
    .map(
      ([from, to]) =>
        (text: string) =>
          text.replace(from, to),
    ),
);

describe("damage to one of the files of a run", () => {
  it("never turns a run that did not pass into one that did", () => {
    fc.assert(
      fc.property(
        recordings,
        fc.constantFrom("log", "junit"),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        (recording, file, damages) => {
          const text = recording[file];
          fc.pre(text !== undefined);
          const damaged = damages.reduce((before, change) => change(before), text ?? "");
          expect(passes({ ...recording, [file]: damaged })).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("is not why the undamaged ones do not pass", () => {
    for (const version of versions) expect(passes(recorded(version, "passes"))).toBe(true);
  });
});
