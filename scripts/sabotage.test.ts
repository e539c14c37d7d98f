import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { inRoot } from "./project.mjs";
import { applySabotage, sabotages, surprises, type RunResult } from "./sabotage.mjs";

const sabotage = {
  name: "careless",
  stage: "refactoring",
  faults: [
    { what: "x", gate: "lint", file: "a.py", find: "a", replace: "b" },
    { what: "y", gate: "types", file: "a.py", find: "c", replace: "d" },
    { what: "z", gate: "lint", file: "b.py", find: "c", replace: "d" },
  ],
};

function result(verdicts: Record<string, string>, change: Partial<RunResult> = {}): RunResult {
  const results = Object.entries(verdicts).map(([gate, verdict]) => ({ gate, verdict, required: true }));
  const stages = [
    { stage: "testing", status: "passed", results: [] },
    { stage: "refactoring", status: "stopped", results },
  ];
  return { run: "7f3a", exit: 1, stages, ...change };
}

describe("surprises", () => {
  const expected = result({ types: "failed", lint: "failed", format: "passed", secrets: "warned" });

  it("is empty when exactly the gates of the faults stopped the run at its stage", () => {
    expect(surprises(sabotage, 1, expected)).toEqual([]);
  });

  it("does not count a gate that is not required", () => {
    const stages = expected.stages.map((stage) => ({
      ...stage,
      results: [...stage.results, { gate: "dependencies", verdict: "errored", required: false }],
    }));
    expect(surprises(sabotage, 1, { ...expected, stages })).toEqual([]);
  });

  it.each([
    ["a run that passed", 0, { ...expected, exit: 0 }],
    ["a process that could not decide", 3, expected],
    ["a gate that missed its fault", 1, result({ types: "failed", lint: "passed" })],
    ["a gate that broke instead of finding its fault", 1, result({ types: "errored", lint: "failed" })],
    ["a gate that failed without a fault", 1, result({ types: "failed", lint: "failed", format: "failed" })],
    ["a run that was stopped too early", 1, { ...expected, stages: expected.stages.slice(0, 1) }],
    ["a run without stages", 1, { ...expected, stages: [] }],
  ])("names %s", (_, exitCode, actual) => {
    expect(surprises(sabotage, exitCode, actual)).not.toEqual([]);
  });
});

describe("applySabotage", () => {
  const inCopy = (work: (folder: string) => void): void => {
    const folder = mkdtempSync(join(tmpdir(), "towpath-sabotage-"));
    const skipped = new Set([".venv", ".towpath", "__pycache__"]);
    const filter = (source: string): boolean => !skipped.has(basename(source));
    try {
      cpSync(inRoot("examples", "throttle"), folder, { recursive: true, filter });
      work(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it.each(sabotages)("makes $name from the example as it is", (broken) => {
    inCopy((folder) => {
      expect(() => applySabotage(folder, broken)).not.toThrow();
    });
  });

  it("refuses a fault whose text the example no longer holds", () => {
    inCopy((folder) => {
      const fault = { what: "x", gate: "lint", file: "pyproject.toml", find: "no such text", replace: "" };
      expect(() => applySabotage(folder, { ...sabotage, faults: [fault] })).toThrow("must hold exactly once");
    });
  });
});

describe("the broken copies of the example", () => {
  it("reach every stage that a run for dev has", () => {
    const stages = new Set(sabotages.map(({ stage }) => stage));
    expect([...stages]).toEqual(["specification", "implementation", "testing", "refactoring"]);
  });
});
