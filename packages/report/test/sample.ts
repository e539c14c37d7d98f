import type { Component, Finding, GateResult, Plan, RunReport, StageReport, Verdict } from "@towpath/core";
import * as fc from "fast-check";

const foo: Component = { name: "foo", source: ["src/foo"], tests: ["tests/foo"], spec: "specs/foo.md" };

/** A finding of ruff. */
export function finding(changes: Partial<Finding> = {}): Finding {
  return {
    fingerprint: "f".repeat(64),
    tool: "ruff",
    rule: "F401",
    ruleUrl: "https://docs.example/F401",
    level: "error",
    message: "`os` imported but unused",
    file: "src/foo/a.py",
    range: { startLine: 3, startColumn: 8, endLine: 3, endColumn: 10 },
    ...changes,
  };
}

/** A result of ruff for the component `foo`. */
export function result(changes: Partial<GateResult> = {}): GateResult {
  return {
    schemaVersion: 1,
    gate: "ruff",
    plugin: "@towpath/gate-ruff",
    category: "code-quality",
    component: "foo",
    target: "staging",
    verdict: "passed",
    required: true,
    candidates: 2,
    checked: 2,
    findings: [],
    measurements: [
      { name: "errors", unit: "errors", operator: "<=", threshold: 0, source: "default of ruff", value: 0 },
    ],
    warnings: [],
    notes: [],
    tool: { name: "ruff", version: "0.17.4", via: "venv" },
    inputs: { tree: "a", config: "b", policy: "c", environment: "d" },
    startedAt: "2026-03-01T10:00:00.000Z",
    durationMs: 1_240,
    attempts: 1,
    ...changes,
  };
}

/** A result that failed by what it found. */
export function failing(findings: readonly Finding[], changes: Partial<GateResult> = {}): GateResult {
  const value = Math.max(1, findings.length);
  return result({
    verdict: "failed",
    code: "TP3201",
    findings,
    measurements: [
      {
        name: "errors",
        unit: "errors",
        operator: "<=",
        threshold: 0,
        source: "towpath.config.yaml:4",
        value,
      },
    ],
    ...changes,
  });
}

/** A gate that could not decide. */
export function errored(changes: Partial<GateResult> = {}): GateResult {
  const { tool: _, ...rest } = result({
    verdict: "errored",
    code: "TP4001",
    checked: 0,
    measurements: [],
    error: {
      kind: "tool-missing",
      message: "ruff was not found",
      why: "The gate needs it.",
      fix: ["pip install ruff"],
      where: [],
    },
    ...changes,
  });
  return rest;
}

/** A run that asked these gates, one stage for all. Its exit code is what they say. */
export function runOf(results: readonly GateResult[], changes: Partial<RunReport> = {}): RunReport {
  const has = (verdict: Verdict): boolean => results.some((one) => one.required && one.verdict === verdict);
  const exit = has("failed") ? 1 : has("errored") ? 3 : has("inconclusive") ? 5 : 0;
  const names = [...new Set(results.map(({ component }) => component))];
  const components = names.length === 0 ? [foo] : names.map((name) => ({ ...foo, name }));
  const stage: StageReport = {
    stage: "refactoring",
    status: exit === 0 ? "passed" : "stopped",
    results,
    fixes: [],
    durationMs: 2_000,
  };
  return {
    schemaVersion: 1,
    run: "20260301-100000-abcd",
    towpath: "1.2.3",
    plan: planOf(components),
    startedAt: "2026-03-01T10:00:00.000Z",
    durationMs: 2_500,
    exit,
    status: "closed",
    stages: [stage],
    sessions: [],
    warnings: [],
    ...changes,
  };
}

function planOf(components: readonly Component[]): Plan {
  return {
    schemaVersion: 1,
    kind: "run",
    target: "staging",
    components,
    stages: [],
    plugins: [],
    configFile: "towpath.config.yaml",
    trusted: true,
    leftOut: [],
    fix: false,
    reuse: true,
    maxAgeMs: 86_400_000,
  };
}

/** Texts that mean something somewhere: to XML, Markdown, a terminal, a CI, JSON, a shell. */
export const hostileTexts: readonly string[] = [
  "",
  "]]>",
  "-->",
  "<!--",
  "</testcase><script>alert(1)</script>",
  "&lt; &amp; &#0;",
  "|`|``|```",
  "~~~\n# heading\n- [x] item",
  "1. first\n+ second",
  "*slanted* **strong** _under_ ~~gone~~ [x] <b>bold</b>",
  "[link](javascript:alert(1)) ![image](http://x.example/a.png)",
  "@team #12 GH-7 https://evil.example www.evil.example a@b.example",
  "::error file=a::x\n::set-output name=status::passed",
  "##[group]x",
  "line\r\nbreak\u2028and\u0085more",
  "\u001b[31mred\u001b[0m \u0007 \u009b1m \0",
  "\ud800 lonely \udc00",
  "😀👩‍👩‍👧‍👦 ünï \u202e rtl \u200b",
  "\ufffe\uffff\ufeff",
  "$(touch x) `touch y` %0A %25",
  "%",
  "towpath_EOF\nstatus<<EOF\npassed\nEOF",
];

/** Any text, with all that is hostile in it. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc
    .tuple(fc.constantFrom(...hostileTexts), fc.string(), fc.constantFrom(...hostileTexts))
    .map((parts) => parts.join("")),
);

const anyRange = fc
  .tuple(fc.nat(500), fc.nat(200), fc.nat(500), fc.nat(200))
  .map(([startLine, startColumn, endLine, endColumn]) => ({ startLine, startColumn, endLine, endColumn }));

const anyFinding: fc.Arbitrary<Finding> = fc
  .record(
    {
      fingerprint: fc.oneof(fc.constant("same"), anyText),
      tool: anyText,
      rule: anyText,
      ruleUrl: fc.oneof(anyText, fc.webUrl()),
      level: fc.constantFrom("error" as const, "warning" as const, "note" as const),
      severity: fc.constantFrom("critical" as const, "high" as const, "medium" as const, "info" as const),
      message: anyText,
      file: fc.oneof(
        anyText,
        fc.constantFrom("src/a b.py", "/etc/passwd", "../x", "C:\\x", "a/%2e%2e/b", "ü.py"),
      ),
      range: anyRange,
      fix: fc.oneof(
        anyText.map((text) => ({ kind: "text" as const, text })),
        fc.tuple(anyRange, anyText).map(([range, text]) => ({
          kind: "edit" as const,
          applicability: "safe" as const,
          edits: [{ range, text }],
        })),
      ),
    },
    { requiredKeys: ["fingerprint", "tool", "rule", "level", "message"] },
  )
  .map((fields) => fields as Finding);

const anyResult: fc.Arbitrary<GateResult> = fc
  .record({
    gate: fc.constantFrom("ruff", "tests", "secrets", "uptime"),
    component: fc.constantFrom("foo", "bar"),
    category: fc.constantFrom("code-quality" as const, "security" as const),
    verdict: fc.constantFrom<Verdict[]>(
      "passed",
      "warned",
      "failed",
      "inconclusive",
      "errored",
      "skipped",
      "waived",
    ),
    required: fc.boolean(),
    findings: fc.array(anyFinding, { maxLength: 6 }),
    reason: anyText,
    tool: fc.record({ name: anyText, version: anyText, via: anyText }),
    warnings: fc.array(anyText, { maxLength: 2 }),
    value: fc.double(),
    said: anyText,
  })
  .map(({ value, said, ...fields }) =>
    result({
      ...fields,
      code: "TP3201",
      measurements: [{ name: said, unit: said, operator: "<=", threshold: 0, source: said, value }],
      ...(fields.verdict === "errored"
        ? { error: { kind: "plugin", message: said, why: said, fix: [said], where: [said] } }
        : {}),
      ...(fields.verdict === "inconclusive" ? { waiting: { for: said } } : {}),
    }),
  );

/** Any run that a record can hold. */
export const anyRun: fc.Arbitrary<RunReport> = fc
  .tuple(fc.array(anyResult, { maxLength: 5 }), anyText, fc.boolean())
  .map(([results, text, stopped]) =>
    runOf(results, {
      warnings: [{ message: text }],
      ...(stopped ? { exit: 3, message: text } : {}),
    }),
  );
