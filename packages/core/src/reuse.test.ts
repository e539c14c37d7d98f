import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GateResult } from "./result.ts";
import { reuseOf } from "./reuse.ts";
import type { Verdict } from "./verdict.ts";

const now = Date.parse("2026-11-26T10:00:00Z");
const inputs = { tree: "t", config: "c", policy: "p", environment: "e" };
const wanted = { inputs, target: "dev", maxAgeMs: 1000 } as const;

function stored(changes: Partial<GateResult> = {}): { readonly result: GateResult; readonly run: string } {
  const result: GateResult = {
    schemaVersion: 1,
    gate: "lint",
    plugin: "p",
    category: "code-quality",
    component: "foo",
    target: "dev",
    verdict: "passed",
    required: true,
    candidates: 1,
    checked: 1,
    findings: [],
    measurements: [],
    warnings: [],
    notes: [],
    inputs,
    startedAt: new Date(now - 10).toISOString(),
    durationMs: 1,
    attempts: 1,
    because: "there is no stored result",
    ...changes,
  };
  return { result, run: "r1" };
}

describe("reuseOf", () => {
  it("takes a result that passed on the same inputs, and says where it comes from", () => {
    expect(reuseOf(stored(), wanted, now)).toMatchObject({ result: { gate: "lint", cached: { run: "r1" } } });
    expect(reuseOf(stored({ verdict: "warned" }), wanted, now)).toHaveProperty("result");
  });

  it.each([
    ["nothing is stored", undefined, "there is no stored result"],
    ["it failed", stored({ verdict: "failed" }), "its last verdict, in run r1, was failed"],
    [
      "it was waived, which may have ended",
      stored({ verdict: "waived" }),
      "its last verdict, in run r1, was waived",
    ],
    ["the target is another", stored({ target: "staging" }), "run r1 measured it for the target staging"],
    ["the tree changed", stored({ inputs: { ...inputs, tree: "x" } }), "tree changed since run r1"],
    [
      "tools changed",
      stored({ inputs: { ...inputs, environment: "x" } }),
      "environment changed since run r1",
    ],
    [
      "it is too old",
      stored({ startedAt: new Date(now - 1001).toISOString() }),
      "the result of run r1 is too old",
    ],
    [
      "it is from the future",
      stored({ startedAt: new Date(now + 1).toISOString() }),
      "the result of run r1 is too old",
    ],
    ["its time is no time", stored({ startedAt: "soon" }), "the result of run r1 is too old"],
  ] as const)("measures anew when %s", (_, found, because) => {
    expect(reuseOf(found, wanted, now)).toEqual({ because });
  });

  it("measures anew what does not say which tools it depends on", () => {
    const unknown = { ...inputs, environment: "unknown:0123" };
    expect(reuseOf(stored({ inputs: unknown }), { ...wanted, inputs: unknown }, now)).toEqual({
      because: "the gate does not say which tools it depends on",
    });
  });

  it("never takes anything but what passed on exactly these inputs", () => {
    const word = fc.constantFrom("t", "c", "p", "e", "x");
    const verdicts: readonly Verdict[] = [
      "passed",
      "warned",
      "waived",
      "failed",
      "errored",
      "inconclusive",
      "skipped",
    ];
    fc.assert(
      fc.property(
        fc.record({ tree: word, config: word, policy: word, environment: word }),
        fc.constantFrom(...verdicts),
        (others, verdict) => {
          const answer = reuseOf(stored({ inputs: others, verdict }), wanted, now);
          const same = JSON.stringify(others) === JSON.stringify(inputs);
          expect("result" in answer).toBe(same && (verdict === "passed" || verdict === "warned"));
        },
      ),
    );
  });
});
