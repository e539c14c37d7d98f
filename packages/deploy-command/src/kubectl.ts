import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";
import { imageFor } from "./image.ts";
import type { Argv, KubectlTarget } from "./options.ts";
import type { Change, Recipe } from "./recipe.ts";
import { crash } from "./run-command.ts";
import {
  epochList,
  epochOf,
  type Health,
  type Memory,
  runId,
  sha256,
  type TargetState,
  verifiedList,
} from "./target-state.ts";

const deployment = z.object({
  metadata: z.object({
    resourceVersion: z.string().min(1),
    generation: z.int().default(0),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({
    replicas: z.int().default(1),
    template: z.object({
      spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string() })) }),
    }),
  }),
  status: z
    .object({
      observedGeneration: z.int().default(0),
      replicas: z.int().default(0),
      updatedReplicas: z.int().default(0),
      availableReplicas: z.int().default(0),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().default("") }))
        .default([]),
    })
    .prefault({}),
});
type Deployment = z.infer<typeof deployment>;

const marks = z
  .object({
    "towpath/key": sha256.optional(),
    "towpath/run": runId.optional(),
    "towpath/epoch": epochOf.optional(),
    "towpath/digest": sha256.optional(),
    "towpath/image": z.string().optional(),
    "towpath/found": z.string().optional(),
    "towpath/verified": z.string().optional(),
    "towpath/rejected": z.string().optional(),
    "towpath/epochs": z.string().optional(),
  })
  .refine((all) => {
    const own = [all["towpath/key"], all["towpath/run"], all["towpath/epoch"]];
    return own.every((mark) => mark === undefined) || own.every((mark) => mark !== undefined);
  });

/**
 * The recipe of a Deployment. A deploy is one strategic merge patch that holds the image, key, epoch, digest and what is
 * remembered, so they are all there or none is; with the resource version that was read, so that it is refused when
 * anybody was there in between.
 */
export function kubectl(target: KubectlTarget): Recipe {
  const base = [
    "kubectl",
    ...(target.context === undefined ? [] : [`--context=${target.context}`]),
    `--namespace=${target.namespace}`,
  ];
  const name = `deployment/${target.deployment}`;
  const patch = (body: unknown): Argv => [
    ...base,
    "patch",
    name,
    "--type=strategic",
    `--patch=${JSON.stringify(body)}`,
  ];
  const put = async (change: Change): Promise<readonly Argv[]> => {
    const { key, run, epoch, to, state, memory } = change;
    if (state.version === undefined) {
      throw new Breakage("environment", {
        message: `there is no ${name} in namespace ${target.namespace}`,
        fix: [`kubectl --namespace=${target.namespace} apply -f <manifest of the Deployment>`],
      });
    }
    const image = to === undefined ? state.found : to.image;
    if (image === undefined) {
      throw new Breakage("environment", {
        message: `nobody remembers the image of ${to?.digest.slice(0, 12) ?? "what ran before the first release"}`,
      });
    }
    const annotations = {
      "towpath/key": key,
      "towpath/run": run,
      "towpath/epoch": epoch,
      "towpath/digest": to?.digest ?? null,
      "towpath/image": image,
      "towpath/found": state.found ?? null,
      ...remembered(memory),
    };
    const containers = [{ name: target.container, image }];
    const metadata = { resourceVersion: state.version, annotations };
    return [patch({ metadata, spec: { template: { spec: { containers } } } })];
  };
  return {
    name: "kubectl",
    needs: ["KUBECONFIG"],
    rollbackLeavesKey: true,
    reversible: true,
    imageOf: (release, place, artifact) => imageFor(target.image, release, place, artifact),
    async read(ask) {
      const command = [...base, "get", name, "--ignore-not-found", "--output=json"];
      const ran = await ask(command);
      if (ran.code !== 0) throw crash(command, ran);
      return ran.stdout.trim() === "" ? {} : stateOf(ran.stdout, target.container);
    },
    apply: put,
    rollback: put,
    confirm: ({ state, memory }) =>
      patch({ metadata: { resourceVersion: state.version, annotations: remembered(memory) } }),
  };
}

function stateOf(stdout: string, container: string): TargetState {
  const read = parseReport(deployment, stdout, "the answer of kubectl");
  const image = read.spec.template.spec.containers.find(({ name }) => name === container)?.image;
  if (image === undefined) {
    throw new Breakage("tool-config", { message: `the Deployment has no container \`${container}\`` });
  }
  const found = marks.safeParse(read.metadata.annotations);
  if (!found.success) {
    throw new Breakage("parse", { message: "the Deployment's annotations `towpath/…` were edited" });
  }
  const own = found.data;
  if (own["towpath/image"] !== undefined && own["towpath/image"] !== image) {
    throw new Breakage("mismatch", {
      message: `container \`${container}\` does not run the image that was deployed`,
      why: "Somebody changed it by hand, so nobody knows which release it is.",
      fix: ["Set the image back to the annotation `towpath/image`."],
    });
  }
  return {
    key: own["towpath/key"],
    run: own["towpath/run"],
    epoch: own["towpath/epoch"],
    digest: own["towpath/digest"],
    health: healthOf(read),
    memory: {
      verified: parseList(verifiedList, own["towpath/verified"]),
      rejected: parseList(z.array(sha256), own["towpath/rejected"]),
      epochs: parseList(epochList, own["towpath/epochs"]),
    },
    image,
    found: own["towpath/image"] === undefined ? image : own["towpath/found"],
    version: read.metadata.resourceVersion,
  };
}

/** What `kubectl rollout status` waits for, as data: its exit code is the same for a bad release and a lost connection. */
function healthOf({ metadata, spec, status }: Deployment): Health {
  const { replicas, updatedReplicas: updated, availableReplicas: available } = status;
  const detail = `${available} of ${spec.replicas} replicas available, ${updated} updated`;
  if (status.observedGeneration < metadata.generation)
    return { state: "starting", detail: "not yet observed" };
  if (
    status.conditions.some(
      ({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded",
    )
  ) {
    return { state: "unhealthy", detail: `the progress deadline is exceeded, ${detail}` };
  }
  if (spec.replicas === 0) return { state: "unhealthy", detail: "it has no replicas" };
  const settled = updated >= spec.replicas && replicas <= updated && available >= updated;
  return { state: settled ? "healthy" : "starting", detail };
}

function parseList<T>(schema: z.ZodType<readonly T[]>, text: string | undefined): readonly T[] {
  return text === undefined ? [] : parseReport(schema, text, "an annotation `towpath/…`");
}

function remembered({ verified, rejected, epochs }: Memory): Readonly<Record<string, string>> {
  return {
    "towpath/verified": JSON.stringify(verified),
    "towpath/rejected": JSON.stringify(rejected),
    "towpath/epochs": JSON.stringify(epochs),
  };
}
