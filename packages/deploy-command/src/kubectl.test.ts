import { join } from "node:path";
import type { Deployer } from "@towpath/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Bench, bench, sha, stagingDeployer } from "../test/bench.ts";
import { type FakeCluster, fakeCluster } from "../test/fake-cluster.ts";
import { onPath } from "../test/on-path.ts";

const target = { namespace: "shop", deployment: "shop", container: "shop" };
const watch = { withinMs: 200, bakeMs: 0, everyMs: 1 };
const image = (name: string): string => `registry.example.org/shop@sha256:${sha(name)}`;

describe("the commands of kubectl", () => {
  it("are one read and one patch with image and marks", async () => {
    const at = await bench();
    const deployment = {
      metadata: { resourceVersion: "10", annotations: {} },
      spec: { template: { spec: { containers: [{ name: "shop", image: "placeholder:1" }] } } },
    };
    const kubectl = await at.program("kubectl", "if (args.includes('get')) say(state);", deployment);
    const deployer = await stagingDeployer({ kubectl: { ...target, context: "blue" } });
    const digest = await at.artifact(image("one"));
    const ctx = await at.context({ digest, key: "a", run: "run-1", epoch: 2 });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "mismatch" });
    const get = [
      "--context=blue",
      "--namespace=shop",
      "get",
      "deployment/shop",
      "--ignore-not-found",
      "--output=json",
    ];
    const body = {
      metadata: {
        resourceVersion: "10",
        annotations: {
          "towpath/key": sha("a"),
          "towpath/run": "run-1",
          "towpath/epoch": "2",
          "towpath/digest": digest,
          "towpath/image": image("one"),
          "towpath/found": "placeholder:1",
          "towpath/verified": "[]",
          "towpath/rejected": "[]",
          "towpath/epochs": '[{"run":"run-1","epoch":2}]',
        },
      },
      spec: { template: { spec: { containers: [{ name: "shop", image: image("one") }] } } },
    };
    const patch = [
      "--context=blue",
      "--namespace=shop",
      "patch",
      "deployment/shop",
      "--type=strategic",
      `--patch=${JSON.stringify(body)}`,
    ];
    expect(await kubectl.calls()).toEqual([get, patch, get]);
  });
});

describe.skipIf(!onPath("kubectl"))("the real kubectl, where this machine has it", () => {
  let at: Bench;
  let cluster: FakeCluster;
  let deployer: Deployer;
  beforeEach(async () => {
    at = await bench();
    cluster = await fakeCluster();
    await at.project.write("kubeconfig", cluster.kubeconfig);
    at.env["KUBECONFIG"] = join(at.root, "kubeconfig");
    deployer = await stagingDeployer({ kubectl: target, watch, timeoutMs: 30_000 });
  });
  afterEach(() => cluster.close());

  const runs = (): string | undefined => cluster.deployment?.spec.template.spec.containers[1]?.image;

  async function deployed(name: string, confirmed: boolean): Promise<string> {
    const digest = await at.artifact(image(name));
    const ctx = await at.context({ digest, key: name });
    expect(await deployer.apply(ctx)).toMatchObject({ state: "deployed" });
    if (confirmed) await deployer.confirm(ctx);
    return digest;
  }

  it("deploys, watches, confirms and goes back, and the cluster remembers all of it", async () => {
    const good = await deployed("good", true);
    expect(runs()).toBe(image("good"));
    const bad = await deployed("bad", false);
    const back = await at.context({ digest: bad, key: "back" });
    expect(await deployer.verify(back)).toMatchObject({ healthy: true });
    expect(await deployer.probe(back, "rollback")).toEqual({ state: "absent" });
    expect(await deployer.rollback(back)).toEqual({ current: good });
    expect(await deployer.probe(back, "rollback")).toEqual({ state: "applied", result: { current: good } });
    expect(runs()).toBe(image("good"));
    expect(await deployer.status(back)).toEqual({ current: good, verified: [good], rejected: [bad] });
    expect(cluster.deployment?.metadata.annotations).toMatchObject({ team: "web" });
    expect(cluster.deployment?.spec.template.spec.containers[0]?.image).toBe("proxy:1");
  });

  it("brings back what ran before the first release where nothing was verified", async () => {
    const bad = await deployed("bad", false);
    const back = await at.context({ digest: bad, key: "back" });
    expect(await deployer.rollback(back)).toEqual({ current: undefined });
    expect(runs()).toBe("placeholder:1");
    expect(await deployer.probe(back, "rollback")).toMatchObject({ state: "applied" });
    await deployed("next", false);
    expect(runs()).toBe(image("next"));
  });

  it("changes nothing when somebody was there since it looked", async () => {
    const digest = await at.artifact(image("one"));
    cluster.beforePatch = () => {
      if (cluster.deployment !== undefined) cluster.deployment.metadata.resourceVersion = "99";
    };
    const ctx = await at.context({ digest, key: "a" });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "tool-crash" });
    expect(runs()).toBe("placeholder:1");
    expect(await deployer.probe(ctx, "apply")).toEqual({ state: "absent" });
  });

  it("says unknown when the cluster does not answer, and when the image was changed by hand", async () => {
    const digest = await deployed("one", false);
    const ctx = await at.context({ digest, key: "one" });
    const container = cluster.deployment?.spec.template.spec.containers[1];
    if (container !== undefined) container.image = "patched:1";
    expect(await deployer.probe(ctx, "apply")).toMatchObject({
      state: "unknown",
      why: expect.stringContaining("does not run the image"),
    });
    await cluster.close();
    expect(await deployer.probe(ctx, "apply")).toMatchObject({ state: "unknown" });
  });

  it("says absent of a Deployment that is not there, and does not make one", async () => {
    cluster.deployment = undefined;
    const ctx = await at.context({ digest: await at.artifact(image("one")), key: "a" });
    expect(await deployer.probe(ctx, "apply")).toEqual({ state: "absent" });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "environment" });
    expect(cluster.patches).toEqual([]);
  });

  it("says no to a rollout that does not get ahead", async () => {
    cluster.rollsOut = false;
    const digest = await deployed("slow", false);
    const ctx = await at.context({ digest, key: "slow" });
    expect(await deployer.verify(ctx)).toMatchObject({
      healthy: false,
      reason: expect.stringContaining("not healthy within"),
    });
    const { generation } = cluster.deployment?.metadata ?? {};
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    if (cluster.deployment !== undefined)
      cluster.deployment.status = { observedGeneration: generation, conditions };
    expect(await deployer.verify(ctx)).toMatchObject({
      healthy: false,
      reason: expect.stringContaining("deadline"),
    });
  });

  it("does not take a Deployment without replicas for healthy", async () => {
    const digest = await deployed("one", false);
    if (cluster.deployment !== undefined) cluster.deployment.spec.replicas = 0;
    expect(await deployer.verify(await at.context({ digest, key: "one" }))).toMatchObject({ healthy: false });
  });

  it("refuses an artifact that does not name an image by digest", async () => {
    const ctx = await at.context({ digest: await at.artifact("registry.example.org/shop:latest"), key: "a" });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "tool-config" });
    const named = await stagingDeployer({
      kubectl: { ...target, image: "registry.example.org/shop:{digest}" },
    });
    expect(await named.apply(ctx)).toMatchObject({ state: "deployed" });
    expect(runs()).toBe(`registry.example.org/shop:${ctx.release.digest}`);
  });
});
