import { inputKeys } from "./decide.ts";
import type { GateResult, Inputs } from "./result.ts";
import type { Target } from "./stages.ts";

/** A stored result that may stand for a new one, or why the gate must be asked. */
export type Reuse = { readonly result: GateResult } | { readonly because: string };

/** Stands in place of a gate's tools when it cannot say what they are. @param release digest of what it looks at */
export function unknownEnvironment(release: string | undefined): string {
  return release === undefined ? "unknown" : `unknown:${release}`;
}

/**
 * Whether a stored result may stand for a new one: it must have passed, on the same inputs, for the same target, and
 * still count. Anything else is asked again, for a reason that the result then carries.
 * @param stored the last result of the gate
 * @param now epoch milliseconds
 */
export function reuseOf(
  stored: { readonly result: GateResult; readonly run: string } | undefined,
  wanted: { readonly inputs: Inputs; readonly target: Target; readonly maxAgeMs: number },
  now: number,
): Reuse {
  if (stored === undefined) return { because: "there is no stored result" };
  const { result, run } = stored;
  if (result.verdict !== "passed" && result.verdict !== "warned")
    return { because: `its last verdict, in run ${run}, was ${result.verdict}` };
  if (result.target !== wanted.target)
    return { because: `run ${run} measured it for the target ${result.target}` };
  const changed = inputKeys.filter((key) => result.inputs[key] !== wanted.inputs[key]);
  if (changed.length > 0) return { because: `${changed.join(" and ")} changed since run ${run}` };
  if (wanted.inputs.environment.startsWith("unknown"))
    return { because: "the gate does not say which tools it depends on" };
  const age = now - Date.parse(result.startedAt);
  if (!(age >= 0 && age <= wanted.maxAgeMs)) return { because: `the result of run ${run} is too old` };
  const { because: _, basis: __, ...kept } = result;
  return { result: { ...kept, cached: { run } } };
}
