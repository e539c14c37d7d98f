import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { memoryJournal, type Fact, type GateResult } from "@towpath/core";
import { project, pythonEnv, runGate } from "@towpath/testkit";
import { expect, it } from "vitest";
import testgen, { type TraceDetails } from "../src/index.ts";
import { generate } from "./generate.ts";
import { implementation, shelf } from "./shelf.ts";
import { specFile, withArtifacts } from "./with-artifacts.ts";

const steps = {
  given_a_shelf_with_n_copies: 'world["shelf"] = api("Shelf")()\n    world["shelf"].put("a", int(value_1))',
  then_it_counts_n: 'assert world["shelf"].count("a") == int(value_1)',
  when_nothing_was_put: 'world["shelf"] = api("Shelf")()',
  then_the_shelf_must_count_zero: 'assert world["shelf"].count("a") == 0',
};

it("leads from a specification over red tests to proven requirements, and sees through steps that assert nothing", async () => {
  const { root, write } = await project(
    { [specFile]: JSON.stringify(shelf), "README.md": "" },
    { git: true },
  );
  const made = await generate({ spec: shelf, root });
  expect(made.red).toEqual(made.tests.map(({ id }) => id));
  const fact: Fact = {
    kind: "red",
    at: "2026-01-01T00:00:00Z",
    generator: "pytest",
    tests: made.red,
    tree: "t",
  };
  const journal = memoryJournal();
  journal.commit({ facts: [{ component: "foo", fact }] });
  const ask = async (gate: "proof" | "trace"): Promise<GateResult> =>
    runGate(withArtifacts(testgen()), gate, {
      root,
      journal,
      component: { tests: ["tests"], spec: specFile },
      target: "production",
      env: (await pythonEnv("python-scenarios")).env,
    });
  const states = ({ details }: GateResult): Record<string, string> =>
    Object.fromEntries((details as unknown as TraceDetails).rows.map((row) => [row.requirement, row.state]));

  const before = await ask("trace");
  expect([before.verdict, before.error]).toEqual(["failed", undefined]);
  expect(states(before)).toEqual({
    "FR-1": "failing",
    "FR-2": "failing",
    "FR-3": "failing",
    "FR-4": "failing",
    "FR-5": "failing",
    "FR-6": "gap",
  });

  const stepsFile = "tests/spec/foo_steps.py";
  const open = await readFile(join(root, stepsFile), "utf8");
  const filled = (bodies: Readonly<Record<string, string>>): string =>
    Object.entries(bodies).reduce(
      (text, [name, body]) =>
        text.replace(new RegExp(`(def ${name}\\(.*\\):\\n    ).*`), (_, start: string) => start + body),
      open,
    );
  await write("src/foo/__init__.py", implementation);

  const lazy = Object.fromEntries(Object.keys(steps).map((name) => [name, "assert True"]));
  await write(stepsFile, filled(lazy));
  const cheated = await ask("proof");
  expect([cheated.verdict, cheated.error]).toEqual(["failed", undefined]);
  expect(cheated.findings.map(({ rule, file, level }) => [rule, file, level])).toEqual([
    ["TP1131", "tests/spec/test_foo_scenarios.py", "error"],
    ["TP1131", "tests/spec/test_foo_scenarios.py", "error"],
  ]);
  const scenarios = (await readFile(join(root, "tests/spec/test_foo_scenarios.py"), "utf8")).split("\n");
  for (const { range, message } of cheated.findings) {
    const name = /::(\w+)/.exec(message)?.[1];
    const below = scenarios.slice((range?.startLine ?? 0) - 1, (range?.startLine ?? 0) + 2);
    expect(below).toEqual([
      expect.stringMatching(/^@pytest\.mark\.spec\(/),
      expect.stringMatching(/^@scenario\(/),
      `def ${name}():`,
    ]);
  }

  // Steps bring steps, and nothing in the place of what binds them.
  await write(
    stepsFile,
    `${filled(lazy)}\n\ndef scenario(*_):\n    def decorate(test):\n        return lambda: api("Shelf")().count("a") + 1\n    return decorate\n`,
  );
  expect((await ask("proof")).verdict).toBe("failed");

  await write(stepsFile, filled(steps));
  const proven = await ask("proof");
  expect([proven.verdict, proven.error]).toEqual(["passed", undefined]);
  expect(proven.checked).toBe(made.tests.length);
  const drill: Fact = {
    kind: "drill",
    at: new Date().toISOString(),
    drill: "rollback",
    environment: "staging",
    digest: "d",
    scenarios: [{ name: "health-500", passed: true, detail: "", tookMs: 1, limitMs: 2 }],
  };
  // FR-6 speaks of a rollback, and names a drill as its proof.
  journal.commit({ facts: [{ component: "foo", fact: drill }] });
  const traced = await ask("trace");
  expect(states(traced)).toEqual({
    "FR-1": "proven",
    "FR-2": "proven",
    "FR-3": "proven",
    "FR-4": "proven",
    "FR-5": "proven",
    "FR-6": "other-proof",
  });
  expect([traced.verdict, traced.error]).toEqual(["passed", undefined]);
  expect(traced.measurements[0]?.value).toBe(100);
  const [first] = (traced.details as unknown as TraceDetails).rows;
  expect(new Set(first?.tests.map(({ tier }) => tier))).toEqual(new Set(["T0", "T1", "T2"]));

  const edited = "tests/spec/test_foo_examples.py";
  await write(edited, `${await readFile(join(root, edited), "utf8")}\n# mine\n`);
  const warned = await ask("proof");
  expect([warned.verdict, warned.error]).toEqual(["warned", undefined]);
  expect(warned.findings.map(({ rule, file }) => [rule, file])).toEqual([["TP1135", edited]]);
  expect((await generate({ spec: shelf, root })).files.find(({ path }) => path === edited)?.state).toBe(
    "kept",
  );
}, 240_000);
