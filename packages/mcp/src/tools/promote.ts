import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { advertised } from "../advertised.ts";
import { answer } from "../answer.ts";
import { name, toolArguments } from "../arguments.ts";
import type { Confirmations } from "../confirmations.ts";
import { commandLines } from "../command-lines.ts";
import {
  documentOf,
  planDocument,
  runDocument,
  statusDocument,
  type ComponentDocument,
  type PlanDocument,
} from "../documents.ts";
import { progressOf } from "../progress.ts";
import type { ServerParts } from "../server-parts.ts";

/** What a person answers; the schema is what clients make a form of. */
const form = z.object({
  deploy: z.boolean().describe("Whether it is deployed now"),
});

/**
 * `promote`: deploys to staging when a person, asked through the client, says so. For production it deploys nothing,
 * ever: it says what is missing, and the command that a person runs.
 */
export function registerPromote(parts: ServerParts, confirmations: Confirmations): void {
  const { server, backend, onerror } = parts;
  server.registerTool(
    "promote",
    {
      description:
        "Staging: deploys after a person confirms in the client. Production: never deploys; says what is missing and what a person runs.",
      inputSchema: advertised(toolArguments({ component: name, to: z.enum(["staging", "production"]) })),
      outputSchema: advertised(
        z.object({
          deployed: z.boolean(),
          message: z.string(),
          missing: z.array(z.string()),
          next: z.array(z.string()),
          run: z.string().optional(),
          exit: z.number().optional(),
        }),
      ),
      annotations: { destructiveHint: true },
    },
    async ({ component, to }, ctx) => {
      if (to === "production") return answer(await productionAnswer(component, parts, ctx));
      const said = inputResponse(ctx.mcpReq.inputResponses, "deploy");
      if (said.kind !== "elicit" || !confirmations.asked(ctx, component)) {
        refuseWithoutPerson(ctx, server.server.getClientCapabilities(), component);
        return inputRequired({
          inputRequests: {
            deploy: inputRequired.elicit({
              message: `Deploy ${component} to staging now? It is decided from the evidence on record, and refused where that does not do.`,
              requestedSchema: form,
            }),
          },
          requestState: await confirmations.ask(component),
        });
      }
      const agreed = said.action === "accept" && form.safeParse(said.content).data?.deploy === true;
      if (!agreed) return answer(declined(component));
      const onEvent = progressOf(ctx, onerror);
      const answered = await backend.call(commandLines.promoteToStaging(component), {
        signal: ctx.mcpReq.signal,
        ...(onEvent === undefined ? {} : { onEvent }),
      });
      const { run, exit, stages, message, wait, next } = documentOf(runDocument, answered);
      const last = stages.at(-1);
      return answer({
        deployed: exit === 0,
        message:
          exit === 0
            ? `${component} was deployed to staging.`
            : `It was not promoted: ${wait === undefined ? (message ?? last?.reason ?? `exit code ${exit}`) : `it waits for ${wait.for}`}`,
        missing: (last?.decision?.reasons ?? [])
          .filter(({ blocks }) => blocks)
          .map((reason) => `${reason.gate}: ${reason.verdict}, ${reason.message}`),
        next,
        run,
        exit,
      });
    },
  );
}

/** The command by which a person does it. */
function commandFor(component: string, to: "staging" | "production"): string {
  return `towpath promote ${component} --to ${to}`;
}

const canAsk = z.looseObject({ elicitation: z.looseObject({}) });

/** Fails closed where nobody can be asked. @throws Error */
function refuseWithoutPerson({ mcpReq }: ServerContext, declaredAtStart: unknown, component: string): void {
  const envelope: Readonly<Record<string, unknown>> | undefined = mcpReq.envelope;
  const declared = envelope === undefined ? declaredAtStart : envelope[CLIENT_CAPABILITIES_META_KEY];
  if (canAsk.safeParse(declared).success) return;
  throw new Error(
    `Nothing was deployed: a person has to confirm, and this client cannot ask one. A person can run: ${commandFor(component, "staging")}`,
  );
}

interface PromoteAnswer extends Readonly<Record<string, unknown>> {
  readonly deployed: boolean;
  readonly missing: readonly string[];
}

function declined(component: string): PromoteAnswer {
  return {
    deployed: false,
    message: "The person did not agree. Do not ask again unless they tell you to.",
    missing: [],
    next: [commandFor(component, "staging")],
  };
}

async function productionAnswer(
  component: string,
  { backend }: ServerParts,
  { mcpReq: { signal } }: ServerContext,
): Promise<PromoteAnswer> {
  const [plan, status] = await Promise.all([
    backend.call(commandLines.plan(component, "production"), { signal }),
    backend.call(commandLines.findings(component), { signal }),
  ]);
  const standing = documentOf(statusDocument, status).components.find((one) => one.name === component);
  const missing = missingFor(component, documentOf(planDocument, plan), standing);
  return {
    deployed: false,
    message: `Nothing was deployed: only a person deploys to production. ${
      missing.length === 0
        ? "Nothing seems to be missing; the command decides anew."
        : `Missing: ${missing.length}; a run measures what can be measured.`
    }`,
    missing,
    next: [
      ...(missing.length === 0 ? [] : [`towpath run --component ${component} --target production`]),
      commandFor(component, "production"),
    ],
  };
}

const promoting: ReadonlySet<string> = new Set(["passed", "warned", "waived"]);

/** What the record lacks of what production asks. The decision itself is made by the command alone. */
function missingFor(
  component: string,
  { plan }: PlanDocument,
  standing: ComponentDocument | undefined,
): PromoteAnswer["missing"] {
  const gates = plan.stages
    .flatMap((stage) => stage.gates)
    .filter((gate) => gate.required && gate.components.includes(component))
    .map((gate) => gate.name);
  const results = standing?.results ?? [];
  const staging = standing?.environments["staging"];
  const release = staging?.verified === true ? [] : ["staging runs no release of it that was verified"];
  return [
    ...release,
    ...[...new Set(gates)].flatMap((gate) => {
      const known = results.find(({ result }) => result.gate === gate);
      const message = lack(known);
      return message === undefined ? [] : [`${gate}: ${message}`];
    }),
  ];
}

function lack(known: NonNullable<ComponentDocument["results"]>[number] | undefined): string | undefined {
  if (known === undefined) return "it was never measured";
  const { result, tree } = known;
  if (!promoting.has(result.verdict)) {
    const why = result.waiting?.for ?? result.error?.message ?? result.reason;
    return `${result.verdict}${why === undefined ? "" : `: ${why}`}`;
  }
  if (tree !== "unchanged") return "the component has changed since it was measured";
  if (result.target !== "production") return `it was measured last for ${result.target}`;
  return undefined;
}
