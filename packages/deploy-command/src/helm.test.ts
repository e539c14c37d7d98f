import type { Deployer } from "@towpath/core";
import { beforeEach, describe, expect, it } from "vitest";
import { type Bench, bench, type FakeProgram, sha, stagingDeployer } from "../test/bench.ts";

interface Revision {
  readonly version: number;
  readonly status: string;
  readonly description: string;
  readonly config: unknown;
}

/** What the fake Helm holds. */
interface Store {
  readonly revisions: readonly Revision[];
  readonly version?: string;
  readonly trouble?: "unreachable" | "bad-chart" | "rollback-fails" | "killed";
}

/** A Helm that keeps revisions as the real one does. A bad chart fails and is rolled back, as with `--atomic`. */
const helm = `
  const { revisions, trouble } = state;
  const last = () => revisions.at(-1);
  const add = (status, description, config) => {
    revisions.push({ version: (last()?.version ?? 0) + 1, status, description, config });
    return last();
  };
  const supersede = () => { for (const one of revisions) if (one.status === "deployed") one.status = "superseded"; };
  const at = Number(option("revision") ?? last()?.version);
  const shown = revisions.find(({ version }) => version === at);
  const roll = (to) => {
    supersede();
    add("deployed", "Rollback to " + to, revisions.find(({ version }) => version === to).config);
  };
  if (args[0] === "version") process.stdout.write((state.version ?? "v4.0.1") + "+g1234567\\n");
  else if (trouble === "unreachable") fail("Error: Kubernetes cluster unreachable: connection refused");
  else if (args[0] !== "upgrade" && shown === undefined) fail("Error: release: not found");
  else if (args[0] === "status") {
    const { version, status, description, config } = shown;
    say({ name: args[1], version, info: { status, description }, config, manifest: "" });
  } else if (args[0] === "history") say(revisions.map(({ version, status }) => ({ revision: version, status })));
  else if (args[0] === "get") say(shown.config);
  else if (args[0] === "upgrade") {
    const marks = args.filter((one) => one.startsWith("--set-literal=towpath."));
    const pairs = marks.map((one) => one.slice("--set-literal=towpath.".length).split("="));
    const config = { towpath: Object.fromEntries(pairs) };
    const good = revisions.findLast(({ status }) => status === "deployed" || status === "superseded");
    if (trouble === "killed") { add("pending-upgrade", "Preparing upgrade", config); save(); fail("killed", 137); }
    if (trouble === "bad-chart") {
      add("failed", "Upgrade failed: context deadline exceeded", config);
      if (good !== undefined) roll(good.version);
      else revisions.length = 0;
      save();
      fail("Error: UPGRADE FAILED: context deadline exceeded");
    }
    supersede();
    add("deployed", "Upgrade complete", config);
    save();
  } else if (args[0] === "rollback") {
    if (trouble === "rollback-fails") {
      add("failed", "Rollback failed: timed out", revisions.find(({ version }) => version === Number(args[2])).config);
      save();
      fail("Error: timed out waiting");
    }
    roll(Number(args[2]));
    save();
  } else if (args[0] === "uninstall") {
    revisions[revisions.length - 1].status = "uninstalled";
    save();
  }`;

const options = {
  helm: {
    namespace: "web",
    release: "shop",
    values: ["values.yaml"],
    set: { "image.tag": "{digest}" },
    context: "blue",
  },
  watch: { withinMs: 200, bakeMs: 0, everyMs: 1 },
  timeoutMs: 20_000,
};
const place = ["--namespace=web", "--kube-context=blue"];

let at: Bench;
let program: FakeProgram;
let deployer: Deployer;
beforeEach(async () => {
  at = await bench();
  program = await at.program("helm", helm, { revisions: [] } satisfies Store);
  deployer = await stagingDeployer(options);
});

async function trouble(name: Store["trouble"]): Promise<void> {
  const { revisions } = await program.state<Store>();
  await program.change({ revisions, ...(name === undefined ? {} : { trouble: name }) });
}

async function deployed(name: string, confirmed: boolean): Promise<string> {
  const digest = await at.artifact(name);
  const ctx = await at.context({ digest, key: name });
  expect(await deployer.apply(ctx)).toMatchObject({ state: "deployed" });
  if (confirmed) await deployer.confirm(ctx);
  return digest;
}

describe("helm", () => {
  it.each([
    ["v4.0.1", "--rollback-on-failure"],
    ["v3.19.0", "--atomic"],
  ])("of version %s runs these commands", async (version, takesBack) => {
    await program.change({ revisions: [], version } satisfies Store);
    const digest = await at.artifact("chart");
    await deployer.apply(await at.context({ digest, key: "a", epoch: 2 }));
    const status = ["status", "shop", ...place, "--output=json"];
    const upgrade = [
      "upgrade",
      "shop",
      `${at.root}/.towpath/artifacts/${digest}/artifact`,
      "--install",
      ...place,
      "--values=values.yaml",
      `--set-literal=image.tag=${digest}`,
      `--set-literal=towpath.key=${sha("a")}`,
      "--set-literal=towpath.run=run-1",
      "--set-literal=towpath.epoch=2",
      `--set-literal=towpath.digest=${digest}`,
      takesBack,
      "--wait",
      "--timeout=10s",
    ];
    expect(await program.calls()).toEqual([status, ["version", "--short"], upgrade, status]);
  });

  it("goes back to the revision of the last verified release", async () => {
    const good = await deployed("good", true);
    await deployed("unwatched", false);
    const bad = await deployed("bad", false);
    const back = await at.context({ digest: bad, key: "back" });
    expect(await deployer.verify(back)).toMatchObject({ healthy: true });
    expect(await deployer.probe(back, "rollback")).toEqual({ state: "absent" });
    // The unwatched release is no bad one, but it is not what runs.
    await program.calls();
    expect(await deployer.rollback(back)).toEqual({ current: good });
    expect(await program.calls()).toContainEqual([
      "rollback",
      "shop",
      "1",
      ...place,
      "--wait",
      "--timeout=10s",
    ]);
    expect(await deployer.probe(back, "rollback")).toEqual({ state: "applied", result: { current: good } });
    expect(await deployer.status(back)).toEqual({ current: good, verified: [good], rejected: [bad] });
    await deployed("next", false);
  });

  it("takes its own rollback for a refusal, and knows it later", async () => {
    const good = await deployed("good", true);
    await trouble("bad-chart");
    const ctx = await at.context({ digest: await at.artifact("bad"), key: "bad" });
    const refused = { state: "refused", reason: expect.stringContaining("context deadline exceeded") };
    expect(await deployer.apply(ctx)).toEqual(refused);
    expect(await deployer.probe(ctx, "apply")).toMatchObject({
      state: "applied",
      result: { state: "refused" },
    });
    expect(await deployer.status(ctx)).toMatchObject({ current: good });
  });

  it("does not take a lost cluster for a refusal, nor for nothing", async () => {
    const ctx = await at.context({ digest: await at.artifact("one"), key: "a" });
    await trouble("unreachable");
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "tool-crash" });
    expect(await deployer.probe(ctx, "apply")).toMatchObject({ state: "unknown" });
    await trouble(undefined);
    for (const action of ["apply", "rollback"] as const) {
      expect(await deployer.probe(ctx, action)).toEqual({ state: "absent" });
    }
  });

  it("breaks when a first install fails, of which Helm leaves no trace", async () => {
    await trouble("bad-chart");
    const ctx = await at.context({ digest: await at.artifact("bad"), key: "bad" });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "tool-crash" });
    expect(await deployer.probe(ctx, "apply")).toEqual({ state: "absent" });
  });

  it("says unknown of a change that was interrupted", async () => {
    await deployed("good", true);
    await trouble("killed");
    const ctx = await at.context({ digest: await at.artifact("next"), key: "next" });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ isTowpathBreakage: true });
    expect(await deployer.probe(ctx, "apply")).toMatchObject({
      state: "unknown",
      why: expect.stringContaining("pending-upgrade"),
    });
  });

  it("goes on with a rollback that failed half-way", async () => {
    const good = await deployed("good", true);
    const bad = await deployed("bad", false);
    const back = await at.context({ digest: bad, key: "back" });
    await trouble("rollback-fails");
    await expect(deployer.rollback(back)).rejects.toMatchObject({ kind: "tool-crash" });
    expect(await deployer.probe(back, "rollback")).toEqual({ state: "absent" });
    await trouble(undefined);
    expect(await deployer.rollback(back)).toEqual({ current: good });
  });

  it("uninstalls where there is nothing to go back to, and can install again", async () => {
    const bad = await deployed("bad", false);
    const back = await at.context({ digest: bad, key: "back" });
    await program.calls();
    expect(await deployer.rollback(back)).toEqual({ current: undefined });
    expect(await program.calls()).toContainEqual([
      "uninstall",
      "shop",
      ...place,
      "--keep-history",
      "--wait",
      "--timeout=10s",
    ]);
    expect(await deployer.probe(back, "rollback")).toEqual({
      state: "applied",
      result: { current: undefined },
    });
    await deployed("next", false);
  });

  it("goes back to what was installed before the first release", async () => {
    const foreign = { version: 1, status: "deployed", description: "Install complete", config: null };
    await program.change({ revisions: [foreign] } satisfies Store);
    const bad = await deployed("bad", false);
    const back = await at.context({ digest: bad, key: "back" });
    expect(await deployer.rollback(back)).toEqual({ current: undefined });
    expect((await program.state<Store>()).revisions.at(-1)).toMatchObject({
      status: "deployed",
      config: null,
    });
    expect(await deployer.probe(back, "rollback")).toMatchObject({ state: "applied" });
  });

  it("says so when the history no longer holds the release to go back to", async () => {
    await deployed("good", true);
    const bad = await deployed("bad", false);
    const { revisions } = await program.state<Store>();
    await program.change({ revisions: revisions.slice(1) } satisfies Store);
    await expect(deployer.rollback(await at.context({ digest: bad, key: "back" }))).rejects.toMatchObject({
      kind: "environment",
      message: expect.stringContaining("no longer holds"),
    });
  });
});
