import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RunReport } from "@towpath/core";
import { readSarif } from "@towpath/kit";
import { sarifToMarkdown } from "@security-alert/sarif-to-markdown";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyRun, errored, failing, finding, result, runOf } from "../test/sample.ts";
import { sarif } from "./sarif.ts";

const schema = JSON.parse(
  readFileSync(
    fileURLToPath(new URL("../fixtures/sarif-2.1.0/sarif-schema-2.1.0.json", import.meta.url)),
    "utf8",
  ),
);
const ajv = new Ajv.default({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

interface Log {
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] };
    };
    readonly automationDetails: { readonly id: string };
    readonly columnKind: string;
    readonly invocations: readonly {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications?: readonly {
        readonly level: string;
        readonly message: { readonly text: string };
      }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly suppressions?: readonly { readonly justification: string }[];
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
          readonly region?: { readonly startLine: number };
        };
      }[];
    }[];
  }[];
}

/** The document, after the schema of OASIS took it. */
function valid(report: RunReport): Log {
  const log = JSON.parse(sarif(report));
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return log;
}

describe("sarif", () => {
  it("keeps a finding's place, rule, message and identity", () => {
    const { runs } = valid(runOf([failing([finding()])]));
    const [own, run] = runs;
    expect(runs).toHaveLength(2);
    expect(own?.results).toEqual([]);
    expect(run?.tool.driver).toMatchObject({ name: "ruff", version: "0.17.4", semanticVersion: "0.17.4" });
    expect(run).toMatchObject({
      automationDetails: { id: "towpath/foo/ruff/" },
      columnKind: "unicodeCodePoints",
    });
    expect(run?.results).toMatchObject([
      {
        ruleId: "F401",
        level: "error",
        message: { text: "`os` imported but unused" },
        partialFingerprints: { "towpath/v1": "f".repeat(64) },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "src/foo/a.py", uriBaseId: "SRCROOT" },
              region: { startLine: 3, startColumn: 8, endLine: 3, endColumn: 10 },
            },
          },
        ],
      },
    ]);
    expect(run?.tool.driver.rules).toMatchObject([
      { id: "F401", helpUri: "https://docs.example/F401", defaultConfiguration: { level: "error" } },
    ]);
  });

  it("never shows a gate that could not decide as clean", () => {
    const { runs } = valid(runOf([errored()]));
    const [run] = runs;
    expect(runs.map(({ tool }) => tool.driver.name)).toEqual(["towpath"]);
    expect(run?.invocations).toMatchObject([
      { executionSuccessful: false },
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          { level: "error", message: { text: expect.stringContaining("ruff was not found") } },
        ],
      },
    ]);
    expect(run?.results).toMatchObject([{ level: "error", ruleId: "TP4001" }]);
  });

  it.each([
    [
      "waits",
      result({ verdict: "inconclusive", code: "TP5202", waiting: { for: "the soak" } }),
      "waits for the soak",
    ],
    [
      "was skipped although it is required",
      result({ verdict: "skipped", reason: "none" }),
      "was skipped: none",
    ],
    [
      "missed its threshold without a finding",
      failing([], {
        measurements: [
          {
            name: "line coverage",
            unit: "%",
            operator: ">=",
            threshold: 70,
            source: "towpath.config.yaml:9",
            value: 61.5,
          },
        ],
      }),
      "line coverage is 61.5, required at least 70 %",
    ],
    ["failed and says nothing", failing([], { measurements: [] }), "failed"],
  ])("has a result for a gate that %s", (_, one, words) => {
    const results = valid(runOf([one])).runs.flatMap((run) => run.results);
    expect(results.map(({ message }) => message.text).join()).toContain(words);
  });

  it("shows a missed threshold where it was set", () => {
    const [, run] = valid(runOf([failing([])])).runs;
    expect(run?.results[0]?.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: "towpath.config.yaml" },
      region: { startLine: 4 },
    });
  });

  it("says that evidence is missing, and that a run ended without a word", () => {
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
    const decision = { promotes: false, exit: 3 as const, reasons };
    const stage = {
      stage: "staging" as const,
      status: "stopped" as const,
      results: [],
      fixes: [],
      durationMs: 1,
      decision,
    };
    expect(valid(runOf([], { exit: 3, stages: [stage] })).runs[0]?.results[0]).toMatchObject({
      level: "error",
      ruleId: "TP6001",
    });
    const silent = valid(runOf([result()], { exit: 3 })).runs.find(
      ({ invocations }) => !invocations[0]?.executionSuccessful,
    );
    expect(silent?.results[0]?.message.text).toContain("undecided");
  });

  it("suppresses what is waived, with the reason", () => {
    const [, run] = valid(
      runOf([failing([finding()], { verdict: "waived", reason: "until the rewrite" })]),
    ).runs;
    expect(run?.results).toMatchObject([
      { suppressions: [{ kind: "external", justification: "until the rewrite" }] },
    ]);
  });

  it("rates security findings, the worst of a rule", () => {
    const findings = [finding({ severity: "low" }), finding({ severity: "high", fingerprint: "2" })];
    const [, run] = valid(runOf([failing(findings, { category: "security" })])).runs;
    expect(run?.tool.driver.rules).toMatchObject([{ properties: { "security-severity": "8.0" } }]);
  });

  it("points outside of the repository never", () => {
    const files = ["/etc/passwd", "../../x", "C:\\x", "a/../../b", "", "file:///etc/passwd", "//host/x"];
    const findings = files.map((file, at) => finding({ file, fingerprint: String(at) }));
    const uris = valid(runOf([failing(findings)])).runs.flatMap(({ results }) =>
      results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri),
    );
    const base = "file:///repo/";
    expect(uris).toHaveLength(files.length);
    expect(uris.filter((uri) => !new URL(uri ?? "/", base).href.startsWith(base))).toEqual([]);
  });

  it("keeps to the limits of GitHub: 25,000 results, 20 runs, the worst first", () => {
    const many = Array.from({ length: 26_000 }, (_, at) =>
      finding({
        fingerprint: String(at),
        level: at === 25_999 ? "error" : "warning",
        message: `number ${at}`,
      }),
    );
    const gates = Array.from({ length: 25 }, (_, at) => result({ gate: `gate-${at}` }));
    const { runs } = valid(runOf([...gates, failing(many), errored({ gate: "broken" })]));
    expect(runs).toHaveLength(20);
    expect(runs[0]?.results).toMatchObject([{ ruleId: "TP4001" }]);
    const ruff = runs.find(({ automationDetails }) => automationDetails.id === "towpath/foo/ruff/");
    expect(ruff?.results).toHaveLength(25_000);
    expect(ruff?.results[0]?.message.text).toBe("number 25999");
    expect(JSON.stringify(ruff?.invocations)).toContain("1000 more results");
    expect(JSON.stringify(runs[0]?.invocations)).toContain("Left out");
  });

  it("one run per gate, whatever the components, as GitHub refuses two of a category", () => {
    const { runs } = valid(
      runOf([failing([finding()]), failing([finding()], { component: "bar" }), result({ gate: "tests" })]),
    );
    expect(runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
      "towpath/towpath/",
      "towpath/ruff/",
      "towpath/tests/",
    ]);
    expect(runs[1]?.invocations).toHaveLength(2);
  });

  it("has no run for a gate that could not decide for one of its components, and loses no finding", () => {
    const sast = errored({ gate: "sast", category: "security", code: "TP4003" });
    const { runs } = valid(runOf([sast, failing([finding()]), errored({ component: "bar" })]));
    expect(runs.map(({ automationDetails }) => automationDetails.id)).toEqual(["towpath/towpath/"]);
    expect(runs[0]?.results.map(({ ruleId }) => ruleId).toSorted()).toEqual(["F401", "TP4001", "TP4003"]);
    // What is said of a rule is of its own gate.
    const rule = runs[0]?.tool.driver.rules.find(({ id }) => id === "F401");
    expect(rule).toMatchObject({ properties: { tags: ["code-quality"] } });
    expect(JSON.stringify(rule)).not.toContain("did not answer");
  });

  it("a run without gates is not successful unless it passed", () => {
    expect(valid(runOf([], { stages: [], exit: 4 })).runs[0]?.invocations[0]?.executionSuccessful).toBe(
      false,
    );
  });

  it("any run is valid, its messages survive, and each result names a rule that is there", () => {
    fc.assert(
      fc.property(anyRun, (report) => {
        const { runs } = valid(report);
        for (const { tool, results } of runs) {
          for (const one of results) expect(tool.driver.rules[one.ruleIndex]?.id).toBe(one.ruleId);
        }
        const said = new Set(runs.flatMap(({ results }) => results.map(({ message }) => message.text)));
        const messages = lastFindings(report).map(({ message }) => message.toWellFormed());
        expect(messages.filter((message) => message !== "" && !said.has(message))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("a message of 1 MB survives", () => {
    const message = `${"x|`]]>\u0007é😀".repeat(90_000)}end`;
    const [, run] = valid(runOf([failing([finding({ message })])])).runs;
    expect(run?.results[0]?.message.text).toBe(message);
  });

  it("is read by an independent reader, and by ours", () => {
    const text = sarif(
      runOf([
        failing([finding(), finding({ message: "another", fingerprint: "2" })]),
        result({ gate: "tests" }),
      ]),
    );
    const [, first] = sarifToMarkdown({ title: "t", owner: "o", repo: "r", branch: "b", sourceRoot: "" })(
      JSON.parse(text),
    );
    expect(first?.hasMessages).toBe(true);
    expect(first?.body).toContain("imported but unused");
    expect(first?.body).toContain("src/foo/a.py#L3");
    expect(readSarif(text, { what: "the report" }).flatMap(({ results }) => results)).toHaveLength(2);
  });
});

/** The findings that a report shows: of a gate that ran again the last. */
function lastFindings({ stages }: RunReport): readonly { readonly message: string }[] {
  const last = new Map(
    stages.flatMap(({ results }) => results.map((one) => [`${one.gate} ${one.component}`, one] as const)),
  );
  return [...last.values()].flatMap(({ findings }) => findings);
}
