import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judged, recorded, versions, type Recording } from "../test/recorded.ts";
import { parsePytestLog } from "./pytest-log.ts";

/** Runs with failures, of which the log and the JUnit file both tell. */
const failing = [
  "outcomes",
  "outcomes-xdist",
  "worker-dies",
  "subtests",
  "stops-at-first",
  "exit-0-after-failure",
  "collect-error",
];
/** Runs without a failure that did not look at everything; the log alone tells. */
const incomplete = ["os-exit", "exit-0-early", "no-tests", "collect-only", "all-skipped", "internal-error"];

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

function neverPasses(names: readonly string[], maxDamages: number): void {
  const recordings = fc.constantFrom(
    ...versions.flatMap((version) => names.map((name) => recorded(version, name))),
  );
  const files = fc.constantFrom<("log" | "junit")[]>("log", "junit");
  const damages = fc.array(damage, { minLength: 1, maxLength: maxDamages });
  const property = fc.property(recordings, files, damages, (recording, file, changes) => {
    const text = recording[file];
    fc.pre(text !== undefined);
    const damaged = changes.reduce((before, change) => change(before), text ?? "");
    expect(passes({ ...recording, [file]: damaged })).toBe(false);
  });
  fc.assert(property, { numRuns: 2_000 });
}

describe("damage to one of the files of a run", () => {
  it("never turns a failed run into a passed one, however much it is", () => {
    expect(() => neverPasses(failing, 5)).not.toThrow();
  });

  it("never turns an incomplete run into a passed one", () => {
    expect(() => neverPasses(incomplete, 1)).not.toThrow();
  });

  it("is not why the undamaged ones do not pass", () => {
    for (const version of versions) expect(passes(recorded(version, "passes"))).toBe(true);
  });
});
