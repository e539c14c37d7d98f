import {
  createInputDigests,
  resultsIn,
  type Component,
  type GateResult,
  type Journal,
  type Workspace,
} from "@towpath/core";
import { createExec, createRedactor, createWorkspace } from "@towpath/kit";

/** The last result of a gate, and what has become of it since. */
export interface LastResult {
  /** The run that measured it. */
  readonly run: string;
  /**
   * Whether the component's source, tests and specification are what they were. Tools and settings are not looked at: a
   * check does that. `unknown` where the run is no longer on record.
   */
  readonly tree: "unchanged" | "changed" | "unknown";
  /** Fingerprints of the findings that the result before did not have; absent when there is none before. */
  readonly fresh?: readonly string[];
  readonly result: Omit<GateResult, "basis">;
}

/** How many runs back a gate counts as one of the component's; older ones may no longer be configured. */
const recentRuns = 20;

/**
 * The last result of every gate that the component's recent runs asked, the newest measured first.
 * @param root absolute repository root
 */
export async function lastResults(
  journal: Journal,
  component: string,
  root: string,
): Promise<readonly LastResult[]> {
  const rows = journal.runs({ component, limit: recentRuns });
  const gates = new Set(rows.flatMap(({ plan }) => plan.stages.flatMap((stage) => stage.gates)).map(nameOf));
  const found = [...gates].flatMap((gate) => journal.latest(component, gate) ?? []);
  if (found.length === 0) return [];
  const history = resultsIn(journal.evidence(component));
  const treeNow = await treeReader(root);
  const answers = found.map(async ({ result, run }): Promise<LastResult> => {
    const { basis: _, ...shown } = result;
    const planned = journal.run(run)?.plan.components.find(({ name }) => name === component);
    const tree = planned === undefined ? undefined : await treeNow(planned);
    const before = earlier(history, result);
    return {
      run,
      tree: tree === undefined ? "unknown" : tree === result.inputs.tree ? "unchanged" : "changed",
      ...(before === undefined ? {} : { fresh: newIn(result, before) }),
      result: shown,
    };
  });
  return (await Promise.all(answers)).toSorted((a, b) =>
    b.result.startedAt.localeCompare(a.result.startedAt),
  );
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** The result of the same gate before the last one. */
function earlier(history: readonly GateResult[], { gate, startedAt }: GateResult): GateResult | undefined {
  return history.findLast((one) => one.gate === gate && one.startedAt < startedAt);
}

function newIn(result: GateResult, before: GateResult): readonly string[] {
  const known = new Set(before.findings.map(({ fingerprint }) => fingerprint));
  return [...new Set(result.findings.map(({ fingerprint }) => fingerprint))].filter((one) => !known.has(one));
}

/** Reads the digest of a component's files as they are now, once per component. */
async function treeReader(root: string): Promise<(component: Component) => Promise<string>> {
  const { redact } = createRedactor(process.env);
  const workspace: Workspace = await createWorkspace(
    root,
    createExec({ root, runId: "look", env: process.env, redact }),
  );
  const digests = createInputDigests(workspace, "dev");
  return (component) => digests.tree(component);
}
