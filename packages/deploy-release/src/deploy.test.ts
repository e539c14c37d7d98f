import { existsSync } from "node:fs";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeployContext, Deployer, Release, Sabotage } from "@towpath/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { buildContext, deployContext, throttle } from "../test/contexts.ts";
import { host, type Host } from "../test/host.ts";
import { storeArtifact } from "../test/wheel.ts";
import type { TargetUserOptions } from "./options.ts";
import { releaseDeployer } from "./release-deployer.ts";
import { TargetFolder } from "./target-folder.ts";
import { wheelBuilder } from "./wheel-builder.ts";

const run = ["{python}", "-m", "throttle", "--port", "{port}"];

/** A target that is stopped when the test has ended, whatever came of it. */
async function start(more: Partial<TargetUserOptions> = {}): Promise<Host & { readonly live: Deployer }> {
  const made = await host(more);
  onTestFinished(() => made.remove());
  return { ...made, live: made.deployer() };
}

async function build(at: Host, tree: string): Promise<Release> {
  const component = { name: "throttle", source: ["src/throttle"], tests: ["tests"] };
  const wheel = await wheelBuilder.build(await buildContext(tree, component));
  const moved = join(at.root, "built.whl");
  await copyFile(wheel, moved);
  return storeArtifact(at.root, moved, "throttle-0.1.0-py3-none-any.whl");
}

/** Deploys a release of the service as the verified one. */
async function verified(
  at: Host,
  name: string,
): Promise<{ readonly ctx: DeployContext; readonly digest: string }> {
  const release = await at.release(name, "good");
  const ctx = await deployContext(at, release);
  const deployer = at.deployer();
  expect(await deployer.apply(ctx)).toMatchObject({ state: "deployed" });
  expect(await deployer.verify(ctx)).toMatchObject({ healthy: true });
  await deployer.confirm(ctx);
  return { ctx, digest: release.digest };
}

describe("the example component", () => {
  it("is built, deployed, verified, replaced, and brought back by a rollback", async () => {
    const at = await start({ run });
    const tree = await throttle();
    const first = await build(at, tree);
    const firstCtx = await deployContext(at, first);
    expect(await at.live.apply(firstCtx)).toEqual({
      state: "deployed",
      url: `http://127.0.0.1:${at.options.port}`,
    });
    expect(await at.live.verify(firstCtx)).toMatchObject({ healthy: true });
    await at.live.confirm(firstCtx);

    const file = join(tree, "src/throttle/service.py");
    await writeFile(file, (await readFile(file, "utf8")).replace('"status": "ok"', '"status": "fine"'));
    const second = await build(at, tree);
    expect(second.digest).not.toBe(first.digest);
    const secondCtx = await deployContext(at, second);
    expect(await at.live.apply(secondCtx)).toMatchObject({ state: "deployed" });
    expect(await at.live.verify(secondCtx)).toMatchObject({ healthy: true });
    expect(await at.runs()).toBe(second.digest);

    const back = await at.live.rollback(await deployContext(at, second));
    expect(back.current).toBe(first.digest);
    expect(await at.runs()).toBe(first.digest);
    expect(await at.live.status(firstCtx)).toEqual({
      current: first.digest,
      verified: [first.digest],
      rejected: [second.digest],
      url: `http://127.0.0.1:${at.options.port}`,
    });
  });
});

describe("a drill", () => {
  it.each<[Sabotage, string]>([
    ["health-500", "GET /health: status 500"],
    ["slow-start", "not healthy within 1500 ms"],
    ["wrong-digest", "GET /version: release is 0000"],
  ])("with %s is refused before the switch", async (sabotage, reason) => {
    const at = await start();
    const { digest } = await verified(at, "good");
    const hurried = releaseDeployer({ ...at.options, health: { ...at.options.health, startMs: 1_500 } });
    const release = { ...(await at.release("good", "good")), digest: "d".repeat(64) };
    const result = await hurried.apply(await deployContext(at, release, { sabotage }));
    expect(result).toMatchObject({ state: "refused", reason: expect.stringContaining(reason) as unknown });
    expect(await at.runs()).toBe(digest);
  });

  it("with crash-after-requests takes the place, fails its watch, and is rolled back", async () => {
    const at = await start({ health: { successes: 4, intervalMs: 20, startMs: 60_000 } });
    expect(at.live.sabotages).toContain("crash-after-requests");
    const { digest } = await verified(at, "good");
    const release = { ...(await at.release("good", "good")), digest: "d".repeat(64) };
    const ctx = await deployContext(at, release, { sabotage: "crash-after-requests" });
    expect(await at.live.apply(ctx)).toMatchObject({ state: "deployed" });
    expect(await at.live.verify(ctx)).toMatchObject({ healthy: false });
    expect(await at.live.rollback(await deployContext(at, release))).toMatchObject({ current: digest });
    expect(await at.runs()).toBe(digest);
  });
});

describe("between the switch and the restart", () => {
  const dies = (line: string): void => {
    if (line.startsWith("switched")) throw new Error("the process died");
  };

  it.each(["apply", "rollback"] as const)(
    "an interrupted %s is absent, and is done by the next call",
    async (action) => {
      const at = await start();
      const first = await verified(at, "first");
      const second = await at.release("second", "good");
      if (action === "rollback") await at.live.apply(await deployContext(at, second));
      const [before, goal] =
        action === "apply" ? [first.digest, second.digest] : [second.digest, first.digest];
      const ctx = await deployContext(at, second);
      await expect(at.live[action]({ ...ctx, log: dies })).rejects.toThrow("the process died");
      const { record } = (await new TargetFolder(at.folder).current()) ?? {};
      expect(record?.digest).toBe(goal);
      expect(await at.runs()).toBe(before);
      expect(await at.live.probe(ctx, action)).toEqual({ state: "absent" });

      await at.live[action]({ ...ctx, epoch: 2 });
      expect(await at.runs()).toBe(goal);
      expect(await at.live.probe(ctx, action)).toMatchObject({ state: "applied" });
    },
  );
});

describe("a release", () => {
  it("is not installed from a wheel that is another one than was built", async () => {
    const at = await start();
    const release = await at.release("good", "good");
    await writeFile(join(at.root, release.file), "something else");
    await expect(at.live.apply(await deployContext(at, release))).rejects.toMatchObject({ kind: "mismatch" });
    expect(existsSync(join(at.folder, "current"))).toBe(false);
  });

  it("gets the variables that were named, and no others", async () => {
    const source = `import json, os, sys\nprint(json.dumps(dict(os.environ)), flush=True)\n`;
    const at = await start({ env: { PLAIN: "set" }, passEnv: ["GIVEN"] });
    const env = { ...(await deployContext(at, await at.wheel(source))).env, GIVEN: "yes", KEPT: "secret" };
    const release = await at.wheel(source);
    const result = await at.live.apply(await deployContext(at, release, { env }));
    // The service only prints, so it is refused, and its log tells what it got.
    expect(result.state).toBe("refused");
    const reason = result.state === "refused" ? result.reason : "";
    const said = JSON.parse(/^\{.*\}$/m.exec(reason)?.[0] ?? "{}") as Record<string, string>;
    expect(said).toMatchObject({ PLAIN: "set", GIVEN: "yes", TOWPATH_RELEASE: release.digest });
    expect(Object.keys(said)).not.toContain("KEPT");
    expect(Object.keys(said)).not.toContain("TOWPATH_RUN_ID");
  });

  it("tells no secret that it was given, though it writes it to its log", async () => {
    const secret = "canary-7d41f0c2b9";
    const at = await start({ passEnv: ["SERVICE_TOKEN"] });
    const release = await at.wheel('import os\nraise SystemExit("I know " + os.environ["SERVICE_TOKEN"])');
    const { env } = await deployContext(at, release);
    const ctx = await deployContext(at, release, { env: { ...env, SERVICE_TOKEN: secret } });
    const result = await at.live.apply(ctx);
    expect(result).toMatchObject({ state: "refused", reason: expect.stringContaining("I know") as unknown });
    expect(JSON.stringify(result)).not.toContain(secret);
  });

  it("is refused with the last words of its log when it ends", async () => {
    const at = await start();
    const result = await at.live.apply(await deployContext(at, await at.release("bad", "bad")));
    expect(result).toMatchObject({
      state: "refused",
      reason: expect.stringContaining("out of order") as unknown,
    });
  });
});

describe("old releases", () => {
  it("go, but never the current one nor the one to go back to", async () => {
    const at = await start({ keep: 1 });
    const first = await verified(at, "v1");
    for (const name of ["v2", "v3"]) {
      const ctx = await deployContext(at, await at.release(name, "good"));
      await at.live.apply(ctx);
      await at.live.rollback(ctx);
    }
    expect(await at.runs()).toBe(first.digest);
    const second = await verified(at, "v4");
    const third = await verified(at, "v5");
    expect(await at.live.rollback(await deployContext(at, third.ctx.release))).toMatchObject({
      current: second.digest,
    });
    // The bad one that is still current gave way to the second; the third waits for the next deploy.
    expect((await readdir(join(at.folder, "releases"))).length).toBe(2);
  });
});
