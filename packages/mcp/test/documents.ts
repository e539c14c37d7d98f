/** A finding, as the command line prints it. */
export function finding(
  id: string,
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { fingerprint: id, tool: "ruff", rule: "F401", level: "error", message: `finding ${id}`, ...fields };
}

/** A result, as the command line prints it. */
export function result(
  gate: string,
  verdict: string,
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const findings = fields["findings"] ?? [];
  const measurement = { name: "errors", unit: "errors", operator: "<=", threshold: 0, source: "default" };
  return {
    schemaVersion: 1,
    gate,
    component: "foo",
    target: "dev",
    verdict,
    required: true,
    findings,
    measurements: [{ ...measurement, value: verdict === "failed" ? 1 : 0 }],
    startedAt: "2026-01-01T00:00:00.000Z",
    ...fields,
  };
}

/** `check`, `run` and `promote`. */
export function runDocument(
  results: readonly unknown[],
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    schemaVersion: 1,
    kind: "run",
    run: "20260101-000000-abcd",
    exit: 0,
    status: "closed",
    stages: [{ stage: "check", status: "passed", results }],
    next: [],
    ...fields,
  };
}

/** `status`, with or without results. */
export function statusDocument(
  results?: readonly unknown[],
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const one = {
    name: "foo",
    environments: {},
    gates: [],
    ...(results === undefined ? {} : { results }),
    ...fields,
  };
  return { schemaVersion: 1, kind: "status", components: [one] };
}

/** `plan`. */
export function planDocument(gates: readonly string[]): Readonly<Record<string, unknown>> {
  const planned = gates.map((name) => ({
    name,
    required: true,
    components: ["foo"],
    thresholds: [
      { name: "coverage", operator: ">=", threshold: 80, unit: "%", source: "towpath.config.yaml:3" },
    ],
  }));
  return {
    schemaVersion: 1,
    kind: "plan",
    plan: {
      target: "production",
      components: [{ name: "foo" }],
      stages: [{ name: "testing", gates: planned }],
    },
  };
}
