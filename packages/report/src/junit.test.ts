import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RunReport, Verdict } from "@towpath/core";
import { readJunit } from "@towpath/kit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryPages, validateXML } from "xmllint-wasm";
import { anyRun, errored, failing, finding, result, runOf } from "../test/sample.ts";
import { junit } from "./junit.ts";

const schema = readFileSync(fileURLToPath(new URL("../fixtures/junit/junit.xsd", import.meta.url)), "utf8");

/** The documents, after libxml held them against the schema. */
async function valid(...reports: readonly RunReport[]): Promise<readonly string[]> {
  const texts = reports.map(junit);
  const { errors } = await validateXML({
    xml: texts.map((contents, at) => ({ fileName: `${at}.xml`, contents })),
    schema: [schema],
    initialMemoryPages: 64 * memoryPages.MiB,
    maxMemoryPages: 512 * memoryPages.MiB,
  });
  expect(errors.map(({ message }) => message)).toEqual([]);
  return texts;
}

describe("junit", () => {
  it.each<[Verdict, "passed" | "failed" | "error" | "skipped"]>([
    ["passed", "passed"],
    ["warned", "passed"],
    ["failed", "failed"],
    ["errored", "error"],
    ["inconclusive", "error"],
    ["skipped", "skipped"],
    ["waived", "skipped"],
  ])("a gate that %s is a case that %s", async (verdict, outcome) => {
    const [text = ""] = await valid(runOf([result({ verdict, reason: "why" })]));
    const [test] = readJunit(text, "the report");
    expect(test).toMatchObject({ name: "ruff", classname: "foo", outcome });
  });

  it("has a suite per stage, a case per gate and component, and counts them", async () => {
    const report = runOf([failing([finding()]), errored({ gate: "tests" }), result({ component: "bar" })]);
    const [text = ""] = await valid(report);
    expect(text).toContain('<testsuite name="refactoring" tests="3" failures="1" errors="1" skipped="0"');
    expect(readJunit(text, "the report")).toHaveLength(3);
  });

  it("states the figures of a gate that passed, too", () => {
    expect(junit(runOf([result()]))).toContain('value="errors 0 &lt;= 0 errors (default of ruff)"');
  });

  it.each([
    [
      "stopped without a gate that says so",
      { exit: 3, status: "closed" as const, message: "the lock was lost" },
      "the lock was lost",
    ],
    ["was stopped by a signal", { exit: 143, status: "stopped" as const }, "stopped"],
  ])("a run that %s has an error", async (_, changes, words) => {
    const [text = ""] = await valid(runOf([result()], changes));
    expect(text).toMatch(/<testsuites [^>]*errors="1"/);
    expect(text).toContain(words);
  });

  it("a run that broke off has an error of its own beside an optional gate that failed", async () => {
    const optional = failing([finding()], { required: false });
    const [text = ""] = await valid(runOf([optional], { exit: 3, status: "running", message: "it died" }));
    expect(text).toMatch(/<testsuites [^>]*failures="1" errors="1"/);
    expect(text).toContain("it died");
  });

  it("a stage that was left out is skipped with its reason", async () => {
    const stage = {
      stage: "testing" as const,
      status: "skipped" as const,
      reason: "not now",
      results: [],
      fixes: [],
      durationMs: 0,
    };
    const [text = ""] = await valid(runOf([], { stages: [stage] }));
    expect(text).toContain('<skipped message="not now"/>');
  });

  it("evidence that is missing is an error of its gate", async () => {
    const reasons = [
      {
        gate: "tests",
        component: "foo",
        required: true,
        verdict: "missing" as const,
        blocks: true,
        message: "there is none",
      },
    ];
    const stage = {
      stage: "staging" as const,
      status: "stopped" as const,
      reason: "",
      results: [],
      fixes: [],
      durationMs: 1,
      decision: { promotes: false, exit: 3 as const, reasons },
    };
    const [text = ""] = await valid(runOf([], { exit: 3, stages: [stage] }));
    expect(readJunit(text, "the report").map(({ name, outcome }) => [name, outcome])).toContainEqual([
      "tests",
      "error",
    ]);
  });

  it("any run is a valid document, and its messages survive but for what XML cannot hold", async () => {
    const reports = fc.sample(anyRun, 120);
    const texts = await valid(...reports);
    for (const [at, report] of reports.entries()) {
      const problems = readJunit(texts[at] ?? "", "the report").flatMap(({ problems: all }) =>
        all.map(({ text }) => text),
      );
      const last = new Map(
        report.stages.flatMap(({ results }) => results.map((one) => [`${one.gate} ${one.component}`, one])),
      );
      for (const { verdict, findings } of last.values()) {
        if (verdict !== "failed") continue;
        for (const { message } of findings) expect(problems.join("\n")).toContain(inXml(message));
      }
    }
  });

  it("a message of 1 MB survives, and 30,000 findings stay within what readers take", async () => {
    const message = `${"x]]>é😀&".repeat(120_000)}end`;
    const [text = ""] = await valid(runOf([failing([finding({ message })])]));
    expect(readJunit(text, "the report")[0]?.problems[0]?.text).toContain(message);
    const many = Array.from({ length: 30_000 }, () => finding({ message: "m".repeat(200) }));
    const [long = ""] = await valid(runOf([failing(many)]));
    expect(long.length).toBeLessThan(4_000_000);
    expect(long).toMatch(/and \d+ more</);
  });
});

/** A text as a reader of XML 1.0 gets it back. */
function inXml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- characters that XML cannot hold
  return text.toWellFormed().replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
}
