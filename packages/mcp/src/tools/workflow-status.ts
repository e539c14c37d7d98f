import { z } from "zod";
import { advertised } from "../advertised.ts";
import { answer } from "../answer.ts";
import { component, toolArguments } from "../arguments.ts";
import type { CallOptions, Backend } from "../backend.ts";
import { commandLines } from "../command-lines.ts";
import {
  CommandFailed,
  documentOf,
  planDocument,
  runDocument,
  statusDocument,
  type ComponentDocument,
  type PlanDocument,
  type RunDocument,
} from "../documents.ts";
import type { ServerParts } from "../server-parts.ts";

/** `workflow_status`: where components stand, what blocks them, and what to do next. */
export function registerWorkflowStatus({ server, backend }: ServerParts): void {
  server.registerTool(
    "workflow_status",
    {
      description:
        "Where components stand: last run, deployments, blockers, next commands. Name one for stage and reasons; plan adds gates and thresholds of a target.",
      inputSchema: advertised(
        toolArguments({
          component,
          plan: z.enum(["dev", "staging", "production"]).optional(),
        }),
      ),
      outputSchema: advertised(
        z.object({
          components: z.array(
            z.object({
              component: z.string(),
              run: z.string().optional(),
              status: z.string(),
              stage: z.string().optional(),
              deployed: z.array(z.string()),
              blockers: z.array(z.string()),
              next: z.array(z.string()),
            }),
          ),
          plan: z
            .array(z.object({ stage: z.string(), skip: z.string().optional(), gates: z.array(z.string()) }))
            .optional(),
        }),
      ),
      annotations: { readOnlyHint: true },
    },
    async ({ component: of, plan }, { mcpReq: { signal } }) => {
      const answered = await backend.call(commandLines.findings(of), { signal });
      const { components } = documentOf(statusDocument, answered);
      const [only] = components.length === 1 ? components : [];
      const record = only?.run === undefined ? undefined : await recordOf(only.run.id, backend, { signal });
      const planned =
        plan === undefined
          ? undefined
          : documentOf(planDocument, await backend.call(commandLines.plan(of, plan), { signal }));
      return answer({
        components: components.map((one) => standing(one, record)),
        ...(planned === undefined ? {} : { plan: stagesOf(planned) }),
      });
    },
  );
}

/** What the last run reported, if it did: one that was killed has no record. */
async function recordOf(
  run: string,
  backend: Backend,
  options: CallOptions,
): Promise<RunDocument | undefined> {
  try {
    return documentOf(runDocument, await backend.call(commandLines.runResult(run), options));
  } catch (error) {
    if (error instanceof CommandFailed && error.code === "TP6003") return undefined;
    throw error;
  }
}

interface Standing {
  readonly component: string;
  readonly run?: string;
  readonly status: string;
  readonly stage?: string;
  readonly deployed: readonly string[];
  readonly blockers: readonly string[];
  readonly next: readonly string[];
}

const blocking: ReadonlySet<string> = new Set(["failed", "errored", "inconclusive"]);

function standing(
  { name, run, results = [], environments }: ComponentDocument,
  record: RunDocument | undefined,
): Standing {
  const stage = record?.stages.at(-1);
  // What was mended since the run is no blocker; what was missing may be so still.
  const mended = new Set(
    results
      .filter(({ result, tree }) => tree === "unchanged" && !blocking.has(result.verdict))
      .map(({ result }) => result.gate),
  );
  const reasons = (stage?.decision?.reasons ?? []).filter(
    ({ blocks, component: of, gate, verdict }) =>
      blocks && of === name && !(blocking.has(verdict) && mended.has(gate)),
  );
  const others = results
    .map(({ result }) => result)
    .filter(
      ({ gate, required, verdict }) =>
        required && blocking.has(verdict) && !reasons.some((reason) => reason.gate === gate),
    );
  const isStale = results.some(({ result, tree }) => result.required && tree !== "unchanged");
  const deployed = Object.entries(environments).map(([environment, { digest, verified, since }]) => {
    const words = `${digest.slice(0, 12)}, ${verified ? "verified" : "not verified"}, since ${since}`;
    return `${environment}: ${words}`;
  });
  return {
    component: name,
    ...(run === undefined ? {} : { run: run.id }),
    status:
      run === undefined ? "no run yet" : `${runText(run)}${isStale ? "; it may have changed since" : ""}`,
    ...(stage === undefined ? {} : { stage: `${stage.stage} ${stage.status}` }),
    deployed,
    blockers: [
      ...reasons.map(({ gate, verdict, message }) => `${gate} ${verdict}: ${message}`),
      ...others.map(({ gate, verdict }) => `${gate} ${verdict}`),
    ],
    next: record?.next ?? run?.wait?.next ?? [],
  };
}

function runText({ kind, target, status, exit, wait }: NonNullable<ComponentDocument["run"]>): string {
  const ended = exit === undefined ? "" : `, exit ${exit}`;
  return `${kind} to ${target} ${status}${ended}${wait === undefined ? "" : `, waits for ${wait.for}`}`;
}

interface StagePlan {
  readonly stage: string;
  readonly skip?: string;
  readonly gates: readonly string[];
}

function stagesOf({ plan }: PlanDocument): readonly StagePlan[] {
  return plan.stages.map(({ name, skip, gates }) => ({
    stage: name,
    ...(skip === undefined ? {} : { skip }),
    gates: gates.map((gate) => {
      const thresholds = gate.thresholds.map(
        (one) => `${one.name} ${one.operator} ${one.threshold} ${one.unit} (${one.source})`,
      );
      return `${gate.name}${gate.required ? "" : " (optional)"}${thresholds.length === 0 ? "" : `: ${thresholds.join(", ")}`}`;
    }),
  }));
}
