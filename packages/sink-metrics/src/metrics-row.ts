import type { StoredEvent, Verdict } from "@towpath/core";

/** One line of a file: the keys in this order, times in UTC with microseconds and without a zone. */
export interface MetricsRow {
  readonly name: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_ms: number;
  readonly status: "success" | "failed";
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly error: string | null;
}

/** Names under which TTA's readers know stages and gates; others keep their own. */
const stageNames: Readonly<Partial<Record<string, string>>> = {
  specification: "specification_parsing",
  staging: "staging_deployment",
  production: "production_deployment",
};
const gateNames: Readonly<Partial<Record<string, string>>> = {
  coverage: "test_coverage",
  tests: "test_pass_rate",
  lint: "linting",
  types: "type_checking",
  secrets: "security",
};

/**
 * The row of an event, where something finished with an answer. What was skipped, waits, or was answered from the record
 * has none: nothing was executed.
 */
export function metricsRow({ event, run, seq }: StoredEvent): MetricsRow | undefined {
  const towpath = { run, seq };
  const at = Date.parse(event.at);
  switch (event.type) {
    case "gate:end": {
      const { result } = event;
      const status = statusOf(result.verdict);
      if (status === undefined || result.cached !== undefined) return undefined;
      const name = `quality_gate_${gateNames[result.gate] ?? result.gate}`;
      const begun = Date.parse(result.startedAt);
      return row(name, begun, begun + result.durationMs, status, {
        error: result.error?.message ?? (status === "failed" ? result.verdict : null),
        metadata: {
          component: result.component,
          towpath: {
            ...towpath,
            verdict: result.verdict,
            attempt: result.attempts,
            tree: result.inputs.tree,
          },
        },
      });
    }
    case "stage:end": {
      const { stage, durationMs, reason } = event;
      if (stage === "check" || event.status === "skipped" || event.status === "paused") return undefined;
      const passed = event.status === "passed";
      return row(`stage_${stageNames[stage] ?? stage}`, at - durationMs, at, passed ? "success" : "failed", {
        error: passed ? null : (reason ?? "a gate did not pass"),
        metadata: { towpath: { ...towpath, stage } },
      });
    }
    case "run:end": {
      if (event.status !== "closed") return undefined;
      const passed = event.exit === 0;
      return row("workflow_complete", at - event.durationMs, at, passed ? "success" : "failed", {
        error: passed ? null : `exit ${event.exit}`,
        metadata: { towpath: { ...towpath, exit: event.exit } },
      });
    }
    default:
      return undefined;
  }
}

function statusOf(verdict: Verdict): MetricsRow["status"] | undefined {
  if (verdict === "passed" || verdict === "warned" || verdict === "waived") return "success";
  return verdict === "failed" || verdict === "errored" ? "failed" : undefined;
}

function row(
  name: string,
  begun: number,
  ended: number,
  status: MetricsRow["status"],
  { metadata, error }: Pick<MetricsRow, "metadata" | "error">,
): MetricsRow {
  return {
    name,
    started_at: naive(begun),
    ended_at: naive(ended),
    duration_ms: Math.max(0, ended - begun),
    status,
    metadata,
    error,
  };
}

/** As Python's `utcnow().isoformat()` writes it, always with six digits. */
function naive(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -1)}000`;
}
