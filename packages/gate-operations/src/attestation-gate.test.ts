import { createKernel, type Fact, type GateResult } from "@towpath/core";
import { project, runGate } from "@towpath/testkit";
import { expect, it } from "vitest";
import { attested, clock, daysAgo, journalWith } from "../test/records.ts";
import operations, { type OperationsUserOptions } from "./index.ts";

const { root } = await project({ "src/foo/a.py": "X = 1\n", "tests/test_a.py": "" });

async function ask(
  facts: readonly Fact[],
  gate = "security-review",
  options?: OperationsUserOptions,
): Promise<GateResult> {
  const journal = journalWith(...facts);
  return runGate(operations(options), gate, { root, journal, clock, target: "production" });
}

const { tree } = (await ask([])).inputs;

it("waits for an attestation and says how to give it", async () => {
  const result = await ask([]);
  expect(result).toMatchObject({
    verdict: "inconclusive",
    code: "TP5202",
    category: "security",
    measurements: [{ name: "valid attestations", value: 0, operator: ">=", threshold: 1 }],
    waiting: {
      for: "an attestation of security-review for this code",
      next: ["towpath attest security-review --component foo --expires <date>"],
    },
  });
});

it("passes with an attestation for exactly this code, and names who vouched", async () => {
  const result = await ask([attested(tree, { note: "no finding left" })]);
  expect(result).toMatchObject({ verdict: "passed", measurements: [{ value: 1 }] });
  expect(result.waiting).toBeUndefined();
  expect(result.notes).toEqual([
    "Ada vouched for it on 2026-11-19, until 2026-12-20T12:00:00.000Z: no finding left",
  ]);
});

it.each([
  ["of other code", attested("b".repeat(64)), "other code (tree bbbbbbbbbbbb"],
  ["that has expired", attested(tree, { expires: daysAgo(3) }), "expired on 2026-11-17"],
  ["that expires at this very moment", attested(tree, { expires: daysAgo(0) }), "expired on 2026-11-20"],
  ["whose expiry cannot be read", attested(tree, { expires: "never" }), "never, when it expires, is no time"],
])("does not count an attestation %s, and says why and whose it is", async (_, fact, why) => {
  const result = await ask([fact]);
  expect(result.verdict).toBe("inconclusive");
  expect(result.notes).toEqual([expect.stringContaining(why)]);
  expect(result.notes[0]).toContain("by Ada of 2026-11-19");
});

it("does not count an attestation of another criterion", async () => {
  expect(await ask([attested(tree, { criterion: "legal" })])).toMatchObject({
    verdict: "inconclusive",
    notes: [],
  });
});

it("passes with one that counts among others, in whatever order", async () => {
  const facts = [attested(tree, { expires: daysAgo(3) }), attested(tree), attested("b".repeat(64))];
  expect((await ask(facts)).verdict).toBe("passed");
  expect((await ask(facts.toReversed())).verdict).toBe("passed");
});

it("does not count an attestation after an edit", async () => {
  const edited = await project({ "src/foo/a.py": "X = 2\n", "tests/test_a.py": "" });
  const journal = journalWith(attested(tree));
  const setup = { root: edited.root, journal, clock, target: "production" } as const;
  expect((await runGate(operations(), "security-review", setup)).verdict).toBe("inconclusive");
});

it("makes a text of the record safe to print", async () => {
  const result = await ask([attested(tree, { by: "\u001b[31mAda\u202e", note: "a".repeat(1_000) })]);
  expect(result.notes[0]).toContain("Ada<U+202E> vouched");
  expect(result.notes[0]?.length).toBeLessThan(400);
});

it("has a gate for each criterion that is named", async () => {
  const options = { attest: ["legal", "design-review"] };
  const kernel = createKernel();
  await kernel.use(operations(options));
  expect([...kernel.gates.keys()]).toEqual(["legal", "design-review", "rollback", "monitoring"]);
  expect(kernel.gates.get("legal")?.gate.category).toBe("operations");
  await kernel.close();
  expect((await ask([attested(tree, { criterion: "legal" })], "legal", options)).verdict).toBe("passed");
});
