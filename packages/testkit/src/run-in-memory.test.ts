import { defineGate, definePlugin, stages, systemClock, type Plugin, type StageName } from "@towpath/core";
import { expect, it } from "vitest";
import { z } from "zod";
import { project } from "./project.ts";
import { runInMemory } from "./run-in-memory.ts";

const measurement = { name: "n", value: 0, unit: "n", operator: "<=", threshold: 0, source: "test" } as const;

function gateAt(stage: StageName, checked = 1): Plugin {
  const factory = definePlugin({
    name: `@acme/gate-${stage}`,
    options: z.strictObject({}).prefault({}),
    setup(api) {
      api.events.on("run:start", async () => {
        await Promise.resolve();
        throw new Error("a listener that fails");
      });
      api.gate(
        defineGate({
          name: stage,
          category: "testing",
          code: "ACME1",
          stages: [stage],
          executesCode: false,
          check: async () => ({
            candidates: 1,
            checked,
            findings: [],
            measurements: [measurement],
            tool: { name: "none", version: "1", via: "test" },
          }),
        }),
      );
    },
  });
  return factory();
}

it("leads a component through all stages of a run and tells every event", async () => {
  const { root } = await project({ "src/foo/a.py": "" });
  const plugins = stages.map(({ name }) => gateAt(name));
  const { report, events, warnings } = await runInMemory({
    plugins,
    root,
    kind: "run",
    target: "production",
  });
  expect(report.exit).toBe(0);
  expect(report.stages.map(({ stage, status }) => [stage, status])).toEqual(
    stages.map(({ name }) => [name, "passed"]),
  );
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ type }) => type === "gate:end").length).toBe(6);
  expect(warnings.map(({ code }) => code)).toEqual(Array.from({ length: 6 }, () => "TP1301"));
});

it("checks the gates that are asked for", async () => {
  const { root } = await project({});
  const plugins = [gateAt("testing", 0), gateAt("refactoring")];
  const { report } = await runInMemory({ plugins, root, only: ["refactoring"] });
  expect(report.stages.flatMap(({ results }) => results.map(({ gate }) => gate))).toEqual(["refactoring"]);
  expect((await runInMemory({ plugins, root })).report.exit).toBe(3);
});

it("takes the clock that it is given", async () => {
  const { root } = await project({});
  const clock = { ...systemClock, now: () => Date.UTC(2001, 1, 3) };
  const { report, events } = await runInMemory({ plugins: [gateAt("testing")], root, clock });
  expect(report.startedAt).toBe("2001-02-03T00:00:00.000Z");
  expect(events.every(({ at }) => at.startsWith("2001-02-03"))).toBe(true);
});

it("ends at once when it is cancelled", async () => {
  const { root } = await project({});
  const { report } = await runInMemory({ plugins: [gateAt("testing")], root, signal: AbortSignal.abort() });
  expect(report.stages.flatMap(({ results }) => results)).toEqual([]);
  expect(report.exit).not.toBe(0);
});
