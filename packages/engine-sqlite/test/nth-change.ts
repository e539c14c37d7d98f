import type { Change, GateResult } from "@towpath/core";

/** The n-th change of a run: a result, a fact, a message and two events, which belong together. The first one begins it. */
export function nthChange(run: string, n: number): Change {
  const at = new Date(n).toISOString();
  const digest = `${run}-${n}`;
  return {
    fence: { run, epoch: 1 },
    ...(n === 1 ? { begin: runOf(run) } : {}),
    steps: [
      {
        run,
        step: {
          id: `step-${n}`,
          digest,
          effect: "pure",
          state: "done",
          attempt: 1,
          epoch: 1,
          outcome: { ok: true, value: n },
        },
      },
    ],
    evidence: [resultOf("cart", n, run)],
    facts: [
      {
        component: "cart",
        fact: {
          kind: "deployment",
          at,
          run,
          environment: "staging",
          digest,
          state: "deployed",
          current: digest,
        },
      },
    ],
    messages: [
      {
        component: "cart",
        message: { role: "assistant", content: `said ${n}`, at, importance: 0.5, untrusted: false, run },
      },
    ],
    events: [
      { run, event: { type: "log", seq: 2 * n - 1, at, run, gate: "lint", line: `${run} ${n} a` } },
      { run, event: { type: "log", seq: 2 * n, at, run, gate: "lint", line: `${run} ${n} b` } },
    ],
    samples: [{ component: "cart", environment: "staging", digest: "d", t: n, state: "up", ms: n + 0.5 }],
  };
}

/** A run of `cart` that begins. */
export function runOf(id: string): NonNullable<Change["begin"]> {
  return {
    id,
    plan: {
      schemaVersion: 1,
      kind: "run",
      target: "dev",
      components: [{ name: "cart", source: ["src/cart"], tests: [] }],
      stages: [],
      plugins: [],
      trusted: true,
      leftOut: [],
      fix: false,
      reuse: true,
      maxAgeMs: 1,
    },
    startedAt: 1,
    epoch: 1,
    status: "running",
    changedAt: 1,
  };
}

/** A result that tells its number and its run. */
export function resultOf(component: string, n: number, run = ""): GateResult {
  return {
    schemaVersion: 1,
    gate: "lint",
    plugin: "@towpath/gate-x",
    category: "code-quality",
    component,
    target: "dev",
    verdict: "passed",
    required: true,
    candidates: 1,
    checked: 1,
    findings: [],
    measurements: [],
    warnings: [],
    notes: [`${run} ${n}`],
    inputs: { tree: "t", config: "c", policy: "p", environment: "e" },
    startedAt: "2026-01-01T00:00:00.000Z",
    durationMs: n,
    attempts: 1,
  };
}
