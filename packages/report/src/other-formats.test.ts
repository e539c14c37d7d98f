import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { GateResult, RunReport } from "@towpath/core";
import Ajv from "ajv-draft-04";
import { validate as validateCtrf } from "ctrf";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyRun, errored, failing, finding, result, runOf } from "../test/sample.ts";
import { badge } from "./badge.ts";
import { ctrf } from "./ctrf.ts";
import { gatesJson } from "./gates-json.ts";
import { githubOutputs } from "./github-outputs.ts";
import { gitlabCodeQuality } from "./gitlab-code-quality.ts";

const ajv = new Ajv.default({ strict: false, allErrors: true });
const isCodeQuality = ajv.compile(
  JSON.parse(
    readFileSync(
      fileURLToPath(new URL("../fixtures/gitlab-code-quality/schema.json", import.meta.url)),
      "utf8",
    ),
  ),
);

interface Issue {
  readonly description: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string };
}

function issuesOf(report: RunReport): readonly Issue[] {
  const issues = JSON.parse(gitlabCodeQuality(report));
  isCodeQuality(issues);
  expect(isCodeQuality.errors ?? []).toEqual([]);
  return issues;
}

describe("gitlabCodeQuality", () => {
  it.each([
    ["critical", "blocker"],
    ["high", "critical"],
    ["medium", "major"],
    ["low", "minor"],
    ["info", "info"],
  ] as const)("rates %s as %s", (severity, rated) => {
    expect(issuesOf(runOf([failing([finding({ severity })])]))[0]?.severity).toBe(rated);
  });

  it("without a severity goes by the level, the worst first", () => {
    const findings = (["note", "error", "warning"] as const).map((level) =>
      finding({ level, fingerprint: level }),
    );
    expect(issuesOf(runOf([failing(findings)])).map(({ severity }) => severity)).toEqual([
      "major",
      "minor",
      "info",
    ]);
  });

  it("gives each entry a fingerprint of its own, the same in every run", () => {
    const report = runOf([failing([finding()]), failing([finding()], { component: "bar" })]);
    const prints = issuesOf(report).map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(2);
    expect(prints[0]).toBe("f".repeat(64));
    expect(issuesOf(report).map(({ fingerprint }) => fingerprint)).toEqual(prints);
  });

  it("shows a gate that could not decide, and not what is waived", () => {
    const waived = failing([finding()], { gate: "types", verdict: "waived" });
    expect(issuesOf(runOf([errored(), waived])).map(({ description }) => description)).toEqual([
      "TP4001: ruff could not decide: ruff was not found",
    ]);
  });

  it("says that a run broke off, also where an optional gate could not decide", () => {
    const killed = runOf([errored({ required: false })], { exit: 3, status: "running" });
    expect(issuesOf(killed).map(({ description }) => description)).toContainEqual(
      expect.stringContaining("the run ended as undecided"),
    );
  });

  it("any run is valid, with fingerprints that are unique and messages that survive", () => {
    fc.assert(
      fc.property(anyRun, (report) => {
        const issues = issuesOf(report);
        expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
        const said = issues.map(({ description }) => description).join("\n");
        for (const { verdict, findings } of lastResults(report)) {
          if (verdict === "waived") continue;
          for (const { message } of findings) expect(said).toContain(message.toWellFormed());
        }
      }),
    );
  });
});

describe("ctrf", () => {
  it("any run is valid, and its counts add up", () => {
    fc.assert(
      fc.property(anyRun, (report) => {
        const document = JSON.parse(ctrf(report));
        expect(validateCtrf(document)).toMatchObject({ valid: true });
        const { passed, failed, skipped, pending, other, tests } = document.results.summary;
        expect(passed + failed + skipped + pending + other).toBe(tests);
        expect(document.results.tests).toHaveLength(tests);
        const said = document.results.tests.map((test: { message?: string }) => test.message).join("\n");
        for (const { findings } of lastResults(report))
          for (const { message } of findings) expect(said).toContain(message.toWellFormed());
      }),
    );
  });

  it("what could not decide has failed", () => {
    const { results } = JSON.parse(ctrf(runOf([errored(), result({ gate: "tests" })])));
    expect(results.tests).toMatchObject([
      { name: "ruff", status: "failed", rawStatus: "errored", suite: ["foo"] },
      { name: "tests", status: "passed" },
    ]);
  });

  it("a run that ended without a reason has failed", () => {
    expect(
      JSON.parse(ctrf(runOf([result()], { exit: 3, message: "the disk is full" }))).results.summary.failed,
    ).toBe(1);
  });
});

describe("badge", () => {
  const now = Date.parse("2026-03-01T11:00:00Z");
  const day = 86_400_000;

  it.each([
    ["a run that passed", runOf([result()]), now, "staging passed", "brightgreen"],
    ["a run that failed", runOf([failing([finding()])]), now, "staging failed", "red"],
    ["a run that could not decide", runOf([errored()]), now, "staging not decided", "orange"],
    [
      "a record that contradicts itself",
      runOf([failing([finding()])], { exit: 0 }),
      now,
      "staging not decided",
      "orange",
    ],
    ["a check of some gates", checkOf([result()]), now, "staging check passed", "brightgreen"],
    ["a check of nothing", checkOf([]), now, "staging check not decided", "orange"],
    [
      "a check whose gates were all skipped",
      checkOf([result({ verdict: "skipped", required: false })]),
      now,
      "staging check not decided",
      "orange",
    ],
    [
      "a run that left a gate out that it needs",
      runOf([result(), result({ gate: "types", verdict: "skipped" })], { exit: 0 }),
      now,
      "staging not decided",
      "orange",
    ],
    [
      "a run that waits",
      runOf([result()], { exit: 5, status: "parked", wait: { step: "s", for: "soak", next: [] } }),
      now,
      "staging waiting",
      "blue",
    ],
    ["a run older than its evidence counts", runOf([result()]), now + day, "staging stale", "lightgrey"],
    ["a run of the future", runOf([result()]), now - day, "staging stale", "lightgrey"],
    ["no run", undefined, now, "unknown", "lightgrey"],
  ])("of %s", (_, report, at, message, color) => {
    const isError = color !== "brightgreen";
    expect(JSON.parse(badge(report, at))).toEqual({
      schemaVersion: 1,
      label: "towpath",
      message,
      color,
      isError,
    });
  });
});

describe("githubOutputs", () => {
  it("no value can begin another output", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom("a\nstatus<<EOF\npassed\nEOF", "towpath_\n", "<<", "\r\nx"),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,8}$/), texts), (values) => {
        let made = 0;
        const file = githubOutputs(values, () => `r${(made += 1)}-5f0c`);
        expect(readOutputs(file)).toEqual(values);
      }),
    );
  });

  it("refuses a value that holds its delimiter, and a name that is none", () => {
    expect(() => githubOutputs({ a: "towpath_x" }, () => "x")).toThrow("delimiter");
    expect(() => githubOutputs({ "a\nb": "" }, () => "x")).toThrow("no name");
  });
});

describe("gatesJson", () => {
  it("is one line that says how each gate ended", () => {
    const text = gatesJson(runOf([failing([finding()]), result({ gate: "tests" })]));
    expect(text).not.toContain("\n");
    expect(JSON.parse(text)).toEqual([
      { gate: "ruff", component: "foo", verdict: "failed", required: true, code: "TP3201" },
      { gate: "tests", component: "foo", verdict: "passed", required: true },
    ]);
  });
});

/** A check of these gates that says that all is well. */
function checkOf(results: readonly GateResult[]): RunReport {
  const report = runOf(results);
  return { ...report, exit: 0, plan: { ...report.plan, kind: "check" } };
}

/** Reads a file of outputs as the runner does: a name, a delimiter, lines until the delimiter alone. */
function readOutputs(file: string): Record<string, string> {
  const lines = file.split("\n");
  const values: Record<string, string> = {};
  for (let at = 0; at < lines.length - 1; at++) {
    const [name = "", delimiter] = (lines[at] ?? "").split("<<");
    const end = lines.indexOf(delimiter ?? "", at + 1);
    values[name] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return values;
}

function lastResults({ stages }: RunReport): RunReport["stages"][number]["results"] {
  const last = new Map(
    stages.flatMap(({ results }) => results.map((one) => [`${one.gate} ${one.component}`, one])),
  );
  return [...last.values()];
}
