import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A Deployment, as far as the tests look. */
export interface FakeDeployment {
  metadata: {
    name: string;
    resourceVersion: string;
    generation: number;
    annotations: Record<string, string>;
  };
  spec: { replicas: number; template: { spec: { containers: { name: string; image: string }[] } } };
  status: Record<string, unknown>;
}

/** What a patch of the tests may hold. */
interface Patch {
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string | null>>;
  };
  readonly spec?: {
    readonly template: { readonly spec: { readonly containers: readonly { name: string; image: string }[] } };
  };
}

/** A Kubernetes API server on 127.0.0.1 with one Deployment, `shop` in the namespace `shop`. */
export interface FakeCluster {
  /** The text of a kubeconfig for it. */
  readonly kubeconfig: string;
  /** The Deployment; tests may change it. */
  deployment: FakeDeployment | undefined;
  /** Called before a patch is looked at. */
  beforePatch: () => void;
  /** Whether new images become available. */
  rollsOut: boolean;
  /** Requests that changed something, as bodies. */
  readonly patches: Patch[];
  close(): Promise<void>;
}

const resources = {
  kind: "APIResourceList",
  groupVersion: "apps/v1",
  resources: [
    {
      name: "deployments",
      singularName: "deployment",
      namespaced: true,
      kind: "Deployment",
      verbs: ["get", "list", "patch"],
    },
  ],
};
const groupVersion = { groupVersion: "apps/v1", version: "v1" };
const discovery: Readonly<Record<string, unknown>> = {
  "/version": { major: "1", minor: "32", gitVersion: "v1.32.4" },
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: [{ name: "apps", versions: [groupVersion], preferredVersion: groupVersion }],
  },
  "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources: [] },
  "/apis/apps/v1": resources,
};

/** Starts the cluster with a Deployment that somebody made. */
export async function fakeCluster(): Promise<FakeCluster> {
  const server = createServer((request, response) => {
    const answer = (code: number, body: unknown): void => {
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const path = new URL(request.url ?? "/", "http://cluster").pathname;
    if (path in discovery) return answer(200, discovery[path]);
    if (path !== "/apis/apps/v1/namespaces/shop/deployments/shop")
      return answer(404, failure(404, "NotFound"));
    if (request.method === "GET" && cluster.deployment !== undefined) return answer(200, cluster.deployment);
    if (request.method !== "PATCH" || cluster.deployment === undefined)
      return answer(404, failure(404, "NotFound"));
    void bodyOf(request).then((text) => {
      const patch = JSON.parse(text) as Patch;
      cluster.beforePatch();
      const version = patch.metadata?.resourceVersion;
      if (version !== undefined && version !== cluster.deployment?.metadata.resourceVersion) {
        return answer(409, failure(409, "Conflict"));
      }
      cluster.patches.push(patch);
      cluster.deployment = merged(cluster.deployment, patch, cluster.rollsOut);
      return answer(200, cluster.deployment);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cluster: FakeCluster = {
    kubeconfig: JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "fake", cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: "fake", context: { cluster: "fake", user: "" } }],
      "current-context": "fake",
    }),
    deployment: settled({
      metadata: { name: "shop", resourceVersion: "10", generation: 1, annotations: { team: "web" } },
      spec: {
        replicas: 2,
        template: {
          spec: {
            containers: [
              { name: "proxy", image: "proxy:1" },
              { name: "shop", image: "placeholder:1" },
            ],
          },
        },
      },
      status: {},
    }),
    beforePatch: () => {},
    rollsOut: true,
    patches: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return cluster;
}

/** The strategic merge of the API server, for what the patches hold. */
function merged(
  old: FakeDeployment | undefined,
  patch: Patch,
  rollsOut: boolean,
): FakeDeployment | undefined {
  if (old === undefined) return undefined;
  const next = structuredClone(old);
  next.metadata.resourceVersion = String(Number(old.metadata.resourceVersion) + 1);
  for (const [name, value] of Object.entries(patch.metadata?.annotations ?? {})) {
    if (value === null) delete next.metadata.annotations[name];
    else next.metadata.annotations[name] = value;
  }
  for (const { name, image } of patch.spec?.template.spec.containers ?? []) {
    for (const container of next.spec.template.spec.containers)
      if (container.name === name) container.image = image;
  }
  if (JSON.stringify(next.spec) === JSON.stringify(old.spec)) return next;
  next.metadata.generation += 1;
  return rollsOut ? settled(next) : next;
}

function settled(deployment: FakeDeployment): FakeDeployment {
  const { replicas } = deployment.spec;
  const observedGeneration = deployment.metadata.generation;
  const counts = { replicas, updatedReplicas: replicas, availableReplicas: replicas };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    ...deployment,
    status: { observedGeneration, ...counts },
  } as FakeDeployment;
}

function failure(code: number, reason: string): unknown {
  return {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    reason,
    message: `the server says ${reason}`,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
