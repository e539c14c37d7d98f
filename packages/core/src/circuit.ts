/**
 * State of a breaker; plain data, so that it can be stored. Times are epoch milliseconds; `openedAt` of a half-open one
 * is when its trial began.
 */
export type Circuit =
  | { readonly state: "closed"; readonly failures: number }
  | { readonly state: "open"; readonly openedAt: number }
  | { readonly state: "half-open"; readonly openedAt: number };

/** When a breaker opens and how long it stays open. */
export interface CircuitPolicy {
  /** Failures in a row that open it. */
  readonly threshold: number;
  /** Time in milliseconds until one trial call is let through. */
  readonly recoveryMs: number;
}

/** Five failures in a row open the breaker; one trial call follows after a minute. */
export const circuitPolicy: CircuitPolicy = { threshold: 5, recoveryMs: 60_000 };

/** A breaker that has seen nothing yet. */
export const closedCircuit: Circuit = { state: "closed", failures: 0 };

/**
 * Asks for a call. When `allowed`, the caller must keep the new state and report the outcome with `settle`;
 * a half-open breaker allows one call in each recovery time.
 * @example const { allowed, circuit } = request(stored, Date.now());
 */
export function request(
  circuit: Circuit,
  now: number,
  policy: CircuitPolicy = circuitPolicy,
): { readonly allowed: boolean; readonly circuit: Circuit } {
  if (circuit.state === "closed") return { allowed: true, circuit };
  // A trial whose process died must not keep the breaker half-open for ever, so it has a minute, too.
  if (now >= circuit.openedAt + policy.recoveryMs) {
    return { allowed: true, circuit: { state: "half-open", openedAt: now } };
  }
  return { allowed: false, circuit };
}

/** Reports how an allowed call ended. A success closes the breaker; a failed trial opens it anew. */
export function settle(
  circuit: Circuit,
  success: boolean,
  now: number,
  policy: CircuitPolicy = circuitPolicy,
): Circuit {
  if (success) return closedCircuit;
  if (circuit.state !== "closed") return { state: "open", openedAt: now };
  const failures = circuit.failures + 1;
  return failures >= policy.threshold ? { state: "open", openedAt: now } : { state: "closed", failures };
}
