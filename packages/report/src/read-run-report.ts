import { TowpathError, verdicts, type RunReport } from "@towpath/core";
import { z } from "zod";

const text = z.string();
const texts = z.array(text);
const count = z.int().min(0);
/** A figure that is not finite has no form in JSON: it is stored as null, and never keeps to a threshold. */
const figure = z.preprocess((value) => (value === null ? Number.NaN : value), z.union([z.number(), z.nan()]));
const name = text.regex(/^[a-z][a-z0-9_-]{0,63}$/);
const time = text.refine((value) => !Number.isNaN(Date.parse(value)), "is no time");
const verdict = z.enum(verdicts);
const target = z.enum(["dev", "staging", "production"]);
const range = z.looseObject({
  startLine: count,
  startColumn: count,
  endLine: count,
  endColumn: count,
});

const finding = z.looseObject({
  fingerprint: text,
  tool: text,
  rule: text,
  ruleUrl: text.optional(),
  level: z.enum(["error", "warning", "note"]),
  severity: z.enum(["critical", "high", "medium", "low", "info"]).optional(),
  message: text,
  file: text.optional(),
  range: range.optional(),
  fix: z
    .discriminatedUnion("kind", [
      z.looseObject({
        kind: z.literal("edit"),
        applicability: z.enum(["safe", "unsafe"]),
        edits: z.array(z.looseObject({ range, text })),
      }),
      z.looseObject({ kind: z.literal("command"), argv: texts }),
      z.looseObject({ kind: z.literal("text"), text }),
    ])
    .optional(),
});

const waiting = z.looseObject({ for: text, until: z.number().optional(), next: texts.optional() });

const result = z.looseObject({
  schemaVersion: z.literal(1),
  gate: name,
  plugin: text,
  category: text,
  component: name,
  target,
  verdict,
  code: text.optional(),
  required: z.boolean(),
  candidates: count,
  checked: count,
  findings: z.array(finding),
  measurements: z.array(
    z.looseObject({
      name: text,
      unit: text,
      operator: z.enum([">=", "<=", "=="]),
      threshold: figure,
      source: text,
      value: figure,
    }),
  ),
  warnings: texts,
  notes: texts,
  tool: z.looseObject({ name: text, version: text, engine: text.optional(), via: text }).optional(),
  error: z.looseObject({ kind: text, message: text, why: text, fix: texts, where: texts }).optional(),
  waiting: waiting.optional(),
  cached: z.looseObject({ run: text }).optional(),
  because: text.optional(),
  reason: text.optional(),
  original: verdict.optional(),
  startedAt: time,
  durationMs: z.number(),
  attempts: count,
});

const stage = z.looseObject({
  stage: text,
  status: z.enum(["passed", "stopped", "skipped", "paused"]),
  reason: text.optional(),
  code: text.optional(),
  error: z.looseObject({ code: text, message: text, why: text, fix: texts, where: texts }).optional(),
  results: z.array(result),
  decision: z
    .looseObject({
      promotes: z.boolean(),
      exit: z.number(),
      reasons: z.array(
        z.looseObject({
          gate: text,
          component: text,
          required: z.boolean(),
          verdict: z.enum([...verdicts, "missing"]),
          blocks: z.boolean(),
          message: text,
        }),
      ),
    })
    .optional(),
  fixes: z.array(z.looseObject({ gate: text, component: text, files: texts, patch: text })),
  generated: z
    .array(
      z.looseObject({
        component: text,
        files: z.array(z.looseObject({ path: text, state: text })),
        tests: z.array(z.looseObject({ id: text })),
        vacuous: z.array(z.looseObject({ id: text, reason: text })),
        red: texts,
        uncovered: z.array(z.looseObject({ requirement: text, reason: text })),
      }),
    )
    .optional(),
  rounds: z
    .array(
      z.looseObject({
        agent: text,
        component: text,
        round: z.number(),
        state: text,
        reason: text.optional(),
        files: texts,
        violations: z.array(z.looseObject({ path: text.optional(), detail: text })),
      }),
    )
    .optional(),
  release: z.looseObject({ digest: text }).optional(),
  durationMs: z.number(),
});

/** What every report reads; the rest is kept as it is. */
const runReport = z.looseObject({
  schemaVersion: z.literal(1),
  run: text,
  towpath: text,
  plan: z.looseObject({
    schemaVersion: z.literal(1),
    kind: z.enum(["run", "check", "drill", "rollback"]),
    target,
    components: z.array(z.looseObject({ name, source: texts, tests: texts, spec: text.optional() })),
    configFile: text.optional(),
    leftOut: z.array(z.looseObject({ gate: text, component: text, reason: text })),
    maxAgeMs: z.number(),
  }),
  startedAt: time,
  durationMs: z.number(),
  exit: z.int().min(0).max(255),
  status: z.enum(["running", "stopped", "parked", "unknown", "halted", "closed", "superseded"]),
  wait: z.looseObject({ step: text, for: text, until: z.number().optional(), next: texts }).optional(),
  stages: z.array(stage),
  scenarios: z
    .array(z.looseObject({ name: text, passed: z.boolean(), detail: text, tookMs: z.number() }))
    .optional(),
  message: text.optional(),
  warnings: z.array(z.looseObject({ message: text })),
});

/**
 * Reads the record of a run, `result.json`. A record is data from a file that anybody may have written: it is held
 * against the form of this version, and nothing of it is repaired or guessed.
 * @param json the file's text
 * @param where the file, for messages
 * @throws {TowpathError} TP6003 when it is no record, or one of another schema version
 * @example readRunReport(await readFile(path, "utf8"), path)
 */
export function readRunReport(json: string, where: string): RunReport {
  const value = parsed(json, where);
  const version =
    typeof value === "object" && value !== null && "schemaVersion" in value ? value.schemaVersion : undefined;
  if (version !== 1)
    throw refusal(
      version === undefined
        ? "the record has no schemaVersion"
        : `the record has schemaVersion ${JSON.stringify(version)?.slice(0, 40)}, and this version of Towpath reads 1`,
      where,
    );
  const read = runReport.safeParse(value);
  if (!read.success) {
    const [first] = read.error.issues;
    const at = first?.path.join(".") || "(document)";
    throw refusal(`the record is damaged at ${at}: ${first?.message ?? "it has another form"}`, where);
  }
  // The schema says of the interface what reports read.
  return read.data as unknown as RunReport;
}

function parsed(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw refusal("the record is damaged: it is no JSON", where, cause);
  }
}

function refusal(message: string, where: string, cause?: unknown): TowpathError {
  return new TowpathError("TP6003", {
    message,
    why: "Only a whole record of a known form can be reported.",
    fix: ["Run again, or name another run: towpath runs list"],
    where: [where],
    cause,
  });
}
