import { readFile, rm, watch, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Breakage, type Deployer } from "@towpath/core";
import { beforeEach, describe, expect, it } from "vitest";
import { type Bench, bench, type FakeProgram, sha, stagingDeployer } from "../test/bench.ts";
import { fakeTarget, fakeTargetOptions, type FakeTargetState, type Trouble } from "../test/fake-target.ts";

let at: Bench;
let target: FakeProgram;
let deployer: Deployer;
beforeEach(async () => {
  at = await bench();
  target = await fakeTarget(at);
  deployer = await stagingDeployer(fakeTargetOptions);
});

async function trouble(name: Trouble | undefined): Promise<void> {
  const { holds } = await target.state<FakeTargetState>();
  await target.change({ holds, ...(name === undefined ? {} : { trouble: name }) });
}

/** Deploys a release up to its confirmation. @returns its digest */
async function verified(text: string): Promise<string> {
  const digest = await at.artifact(text);
  const ctx = await at.context({ digest, key: `apply ${text}`, run: sha(text).slice(0, 8) });
  await deployer.apply(ctx);
  await deployer.confirm(ctx);
  return digest;
}

const memoryFile = (): string => join(at.root, ".towpath/targets/staging/shop.json");

describe("the round trip", () => {
  it("leaves key, run, epoch and digest, and is then found by them", async () => {
    const digest = await at.artifact("one");
    const ctx = await at.context({ digest, key: "a", run: "run-7", epoch: 3 });
    expect(await deployer.probe(ctx, "apply")).toEqual({ state: "absent" });
    expect(await deployer.apply(ctx)).toEqual({ state: "deployed" });
    expect((await target.state<FakeTargetState>()).holds).toMatchObject({
      key: sha("a"),
      run: "run-7",
      epoch: 3,
      digest,
    });
    expect(await deployer.probe(ctx, "apply")).toEqual({ state: "applied", result: { state: "deployed" } });
    expect(await deployer.verify(ctx)).toMatchObject({ healthy: true });
    await deployer.confirm(ctx);
    expect(await deployer.status(ctx)).toEqual({ current: digest, verified: [digest], rejected: [] });
  });

  it("goes back to the last release that stood its watch, not to the last deployed", async () => {
    const good = await verified("good");
    const unwatched = await at.artifact("unwatched");
    await deployer.apply(await at.context({ digest: unwatched, key: "b" }));
    const bad = await at.artifact("bad");
    await deployer.apply(await at.context({ digest: bad, key: "c" }));
    const back = await at.context({ digest: bad, key: "d" });
    expect(await deployer.probe(back, "rollback")).toEqual({ state: "absent" });
    expect(await deployer.rollback(back)).toEqual({ current: good });
    expect(await deployer.probe(back, "rollback")).toEqual({ state: "applied", result: { current: good } });
    expect(await deployer.status(back)).toEqual({ current: good, verified: [good], rejected: [bad] });
  });

  it("takes a release away where nothing was verified", async () => {
    const digest = await at.artifact("bad");
    await deployer.apply(await at.context({ digest, key: "a" }));
    const back = await at.context({ digest, key: "b" });
    expect(await deployer.rollback(back)).toEqual({ current: undefined });
    expect(await deployer.probe(back, "rollback")).toEqual({
      state: "applied",
      result: { current: undefined },
    });
  });

  it("does nothing twice: neither a deploy nor a rollback that was done", async () => {
    await verified("good");
    const bad = await at.artifact("bad");
    const apply = await at.context({ digest: bad, key: "b" });
    await deployer.apply(apply);
    await target.calls();
    await deployer.apply(apply);
    const changing = (calls: readonly (readonly string[])[]): unknown =>
      calls.filter(([what]) => what !== "probe");
    expect(changing(await target.calls())).toEqual([]);
    const back = await at.context({ digest: bad, key: "c" });
    const first = await deployer.rollback(back);
    await target.calls();
    expect(await deployer.rollback(back)).toEqual(first);
    expect(changing(await target.calls())).toEqual([]);
  });

  it("refuses a release that was found bad there", async () => {
    await verified("good");
    const bad = await at.artifact("bad");
    await deployer.apply(await at.context({ digest: bad, key: "b" }));
    await deployer.rollback(await at.context({ digest: bad, key: "c" }));
    expect(await deployer.apply(await at.context({ digest: bad, key: "d" }))).toMatchObject({
      state: "refused",
    });
  });

  it("takes what runs there for good where nobody remembers, and does not take it away", async () => {
    const good = await verified("good");
    await rm(memoryFile());
    const bad = await at.artifact("bad");
    await deployer.apply(await at.context({ digest: bad, key: "b" }));
    expect(await deployer.rollback(await at.context({ digest: bad, key: "c" }))).toEqual({ current: good });
  });

  it("believes the target where it remembers itself", async () => {
    const known = sha("known");
    await target.change({ holds: { verified: [known], rejected: [sha("bad")] } });
    const ctx = await at.context({ digest: known, key: "a" });
    expect(await deployer.status(ctx)).toEqual({
      current: undefined,
      verified: [known],
      rejected: [sha("bad")],
    });
    await expect(readFile(memoryFile())).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("does not guess from a damaged memory", async () => {
    const digest = await verified("good");
    await writeFile(memoryFile(), '{"schemaVersion":1,"verified":[');
    const ctx = await at.context({ digest, key: "b" });
    await expect(deployer.rollback(ctx)).rejects.toMatchObject({ kind: "parse" });
    expect((await target.state<FakeTargetState>()).holds.digest).toBe(digest);
  });
});

describe("a probe", () => {
  it.each([
    ["probe-silent", /printed nothing/],
    ["probe-garbage", /not valid JSON/],
    ["probe-fails", /ended with code 1: connection refused/],
  ] as const)("that is %s is unknown with the reason, never absent", async (name, why) => {
    await trouble(name);
    const ctx = await at.context({ digest: sha("x"), key: "a" });
    for (const action of ["apply", "rollback"] as const) {
      expect(await deployer.probe(ctx, action)).toEqual({
        state: "unknown",
        why: expect.stringMatching(why),
      });
    }
    await expect(deployer.status(ctx)).rejects.toMatchObject({ isTowpathBreakage: true });
  });

  it("that hangs is stopped and unknown", async () => {
    await trouble("probe-hangs");
    const impatient = await stagingDeployer({
      ...fakeTargetOptions,
      timeoutMs: 400,
      watch: { withinMs: 0, bakeMs: 0 },
    });
    const ctx = await at.context({ digest: sha("x"), key: "a" });
    expect(await impatient.probe(ctx, "apply")).toMatchObject({
      state: "unknown",
      why: expect.stringMatching(/stopped after/),
    });
  });

  it("runs a program of the repository by its path from the root", async () => {
    const near = await stagingDeployer({ ...fakeTargetOptions, probe: ["./bin/target", "probe"] });
    const ctx = await at.context({ digest: sha("x"), key: "a" });
    expect(await near.probe(ctx, "apply")).toEqual({ state: "absent" });
  });

  it("is unknown when its command is not there", async () => {
    const lost = await stagingDeployer({ ...fakeTargetOptions, probe: ["no-such-tool"] });
    const ctx = await at.context({ digest: sha("x"), key: "a" });
    expect(await lost.probe(ctx, "apply")).toMatchObject({
      state: "unknown",
      why: expect.stringMatching(/no-such-tool could not be started/),
    });
  });

  it("is unknown when the key is there with another release", async () => {
    await target.change({ holds: { key: sha("a"), run: "r", epoch: 1, digest: sha("other") } });
    const ctx = await at.context({ digest: sha("x"), key: "a" });
    expect(await deployer.probe(ctx, "apply")).toMatchObject({ state: "unknown" });
  });

  it.each([
    ["a key without a run", { key: sha("a"), epoch: 1 }],
    ["a key without an epoch", { key: sha("a"), run: "r" }],
    ["a digest without a key", { digest: sha("a") }],
    ["no digest", { key: sha("a"), run: "r", epoch: 1, digest: "latest" }],
    ["a list", []],
  ])("is unknown at %s", async (_, holds) => {
    await target.change({ holds });
    const ctx = await at.context({ digest: sha("x"), key: "b" });
    expect(await deployer.probe(ctx, "apply")).toMatchObject({ state: "unknown" });
  });
});

describe("a deploy that breaks", () => {
  it("before the effect is breakage, and absent", async () => {
    await trouble("apply-fails-before");
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({
      kind: "tool-crash",
      details: { why: "disk full" },
    });
    expect(await deployer.probe(ctx, "apply")).toEqual({ state: "absent" });
  });

  it.each(["apply-fails-after", "refuses-after"] as const)(
    "after the effect (%s) is breakage, and applied",
    async (name) => {
      await trouble(name);
      const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
      await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "tool-crash" });
      expect(await deployer.probe(ctx, "apply")).toMatchObject({
        state: "applied",
        result: { state: "deployed" },
      });
    },
  );

  it("by hanging after the effect is breakage once its time is over, and applied", async () => {
    await trouble("apply-hangs-after");
    const limit = new AbortController();
    const digest = await at.artifact("x");
    const ctx = await at.context({ digest, key: "a", signal: limit.signal });
    const done = deployer.apply(ctx).catch((thrown: unknown) => thrown);
    for await (const { filename } of watch(at.root)) {
      if (filename !== "target.json") continue;
      const { holds } = await target.state<FakeTargetState>();
      if (holds.digest === digest) break;
    }
    limit.abort(new Breakage("timeout", { message: "its time is over" }));
    expect(await done).toMatchObject({ kind: "timeout" });
    const again = await at.context({ digest, key: "a" });
    expect(await deployer.probe(again, "apply")).toMatchObject({ state: "applied" });
  });

  it("by ending with 0 without an effect is breakage", async () => {
    await trouble("apply-does-nothing");
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "mismatch" });
  });

  it("at a listed exit code is refused when the target is what it was", async () => {
    await trouble("refuses");
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    expect(await deployer.apply(ctx)).toEqual({ state: "refused", reason: "migration refused" });
    expect(await deployer.status(ctx)).toMatchObject({ current: undefined, rejected: [ctx.release.digest] });
  });

  it("stops at the first command that fails", async () => {
    const two = await stagingDeployer({
      ...fakeTargetOptions,
      apply: [["false"], ...(fakeTargetOptions.apply ?? [])],
    });
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    await expect(two.apply(ctx)).rejects.toMatchObject({ kind: "tool-crash" });
    expect(await two.probe(ctx, "apply")).toEqual({ state: "absent" });
  });

  it("does not begin with an artifact that is not the one that was measured", async () => {
    const digest = await at.artifact("x");
    await at.project.write(`.towpath/artifacts/${digest}/artifact`, "y");
    const ctx = await at.context({ digest, key: "a" });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "mismatch" });
    expect(await target.calls()).toEqual([]);
  });
});

describe("a stale owner", () => {
  it("is refused by what the target holds, also without a memory", async () => {
    const digest = await at.artifact("x");
    await deployer.apply(await at.context({ digest, key: "a", epoch: 2 }));
    await rm(memoryFile());
    const stale = await at.context({ digest: await at.artifact("y"), key: "b", epoch: 1 });
    for (const act of ["apply", "rollback", "confirm"] as const) {
      await expect(deployer[act](stale)).rejects.toMatchObject({
        kind: "environment",
        message: expect.stringMatching(/TP5008/),
      });
    }
    expect((await target.state<FakeTargetState>()).holds.digest).toBe(digest);
  });

  it("is refused when another run was there since", async () => {
    await deployer.apply(
      await at.context({ digest: await at.artifact("x"), key: "a", run: "old", epoch: 2 }),
    );
    await deployer.apply(
      await at.context({ digest: await at.artifact("y"), key: "b", run: "new", epoch: 1 }),
    );
    const stale = await at.context({ digest: await at.artifact("z"), key: "c", run: "old", epoch: 1 });
    await expect(deployer.apply(stale)).rejects.toMatchObject({ kind: "environment" });
  });

  it("does not keep out a new run, whose epochs begin anew", async () => {
    await deployer.apply(
      await at.context({ digest: await at.artifact("x"), key: "a", run: "old", epoch: 9 }),
    );
    const fresh = await at.context({ digest: await at.artifact("y"), key: "b", run: "new", epoch: 1 });
    expect(await deployer.apply(fresh)).toMatchObject({ state: "deployed" });
  });
});

describe("the watch", () => {
  it("says no at a listed exit code, with the command's words", async () => {
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    await deployer.apply(ctx);
    await trouble("unhealthy");
    expect(await deployer.verify(ctx)).toEqual({ healthy: false, reason: "500 from /health" });
  });

  it("is breakage at any other exit code", async () => {
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    await deployer.apply(ctx);
    await trouble("verify-crashes");
    await expect(deployer.verify(ctx)).rejects.toMatchObject({ kind: "tool-crash" });
  });

  it("says no when the target runs another release, whatever the command says", async () => {
    await deployer.apply(await at.context({ digest: await at.artifact("x"), key: "a" }));
    const other = await at.context({ digest: await at.artifact("y"), key: "b" });
    expect(await deployer.verify(other)).toMatchObject({
      healthy: false,
      reason: expect.stringMatching(/the target runs/),
    });
  });

  it("waits for a target that starts, and no longer than it may", async () => {
    const { verify: _verify, exitCodes: _exitCodes, ...rest } = fakeTargetOptions;
    const silent = await stagingDeployer({ ...rest, watch: { withinMs: 100, bakeMs: 0, everyMs: 1 } });
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    await silent.apply(ctx);
    const { holds } = await target.state<FakeTargetState>();
    await target.change({ holds: { ...holds, health: "starting" } });
    expect(await silent.verify(ctx)).toMatchObject({
      healthy: false,
      reason: expect.stringMatching(/not healthy within 100 ms/),
    });
    await target.change({ holds: { ...holds, health: "healthy" } });
    expect(await silent.verify(ctx)).toMatchObject({ healthy: true });
    await target.change({ holds: { ...holds, health: undefined } });
    await expect(silent.verify(ctx)).rejects.toMatchObject({ kind: "tool-config" });
  });
});

describe("what is said", () => {
  it("tells the commands of a deploy before there is a release", async () => {
    const plan = await deployer.plan(await at.context({ digest: sha("x"), key: "a" }));
    expect(plan).toEqual([
      "staging runs none; the last verified release is none",
      "target apply {key} {run} {epoch} {digest} {file}",
    ]);
    expect((await target.calls()).map(([what]) => what)).toEqual(["probe"]);
  });

  it("takes the plan from its own command where there is one", async () => {
    const planned = await stagingDeployer({
      ...fakeTargetOptions,
      plan: ["echo", "would deploy {component} to {environment}"],
    });
    expect(await planned.plan(await at.context({ digest: sha("x"), key: "a" }))).toEqual([
      "would deploy shop to staging",
    ]);
  });

  it("keeps the values of variables that are handed on out of errors, answers and logs", async () => {
    const secret = "s3cr3t-of-the-registry";
    at.env["REGISTRY_LOGIN"] = secret;
    await at.program("leaky", "fail(env.REGISTRY_LOGIN + ' was refused')", {});
    const leaky = await stagingDeployer({
      ...fakeTargetOptions,
      apply: [["leaky"]],
      pass: ["REGISTRY_LOGIN"],
    });
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    const error: unknown = await leaky.apply(ctx).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "tool-crash", details: { why: "*** was refused" } });
    const blind = await stagingDeployer({ ...fakeTargetOptions, probe: ["leaky"], pass: ["REGISTRY_LOGIN"] });
    const answer = await blind.probe(ctx, "apply");
    expect(JSON.stringify([error, String(error), answer, at.logged])).not.toContain(secret);
    expect(answer).toMatchObject({ state: "unknown", why: expect.stringMatching(/\*\*\* was refused/) });
  });

  it("hands on no variable that is not named", async () => {
    at.env["REGISTRY_LOGIN"] = "s3cr3t-of-the-registry";
    await at.program("leaky", "fail('login: ' + env.REGISTRY_LOGIN + ', region: ' + env.REGION)", {});
    const plain = await stagingDeployer({
      ...fakeTargetOptions,
      apply: [["leaky"]],
      env: { REGION: "north" },
    });
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    await expect(plain.apply(ctx)).rejects.toMatchObject({
      details: { why: "login: undefined, region: north" },
    });
  });

  it("answers with the address where the release is", async () => {
    const known = await stagingDeployer({
      ...fakeTargetOptions,
      url: "https://{component}.{environment}.example.org",
    });
    const ctx = await at.context({ digest: await at.artifact("x"), key: "a" });
    const url = "https://shop.staging.example.org";
    expect(await known.apply(ctx)).toEqual({ state: "deployed", url });
    expect(await known.status(ctx)).toMatchObject({ url });
    expect(await known.verify(ctx)).toMatchObject({ healthy: true, url });
  });
});

it("names the release to go back to, and nothing where there is none", async () => {
  const calls = await at.program("ship", "fail('no')", {});
  const ship = await stagingDeployer({
    ...fakeTargetOptions,
    apply: [["ship", "[{previous}]", "{previousImage}"]],
  });
  const attempt = async (text: string): Promise<void> => {
    const ctx = await at.context({ digest: await at.artifact(text), key: text });
    await expect(ship.apply(ctx)).rejects.toMatchObject({ kind: "tool-crash" });
  };
  await attempt("first");
  const image = `registry.example.org/shop@sha256:${sha("image")}`;
  const good = await verified(image);
  await attempt("second");
  expect(await calls.calls()).toEqual([
    ["[]", ""],
    [`[${good}]`, image],
  ]);
});

it("breaks rather than to go no way back", async () => {
  const { rollback: _rollback, remove: _remove, ...oneWay } = fakeTargetOptions;
  const irreversible = await stagingDeployer(oneWay);
  expect(irreversible.reversible).toBe(false);
  const digest = await at.artifact("x");
  await irreversible.apply(await at.context({ digest, key: "a" }));
  await expect(irreversible.rollback(await at.context({ digest, key: "b" }))).rejects.toMatchObject({
    kind: "tool-config",
  });
});

it("marks a release as bad even if the way back breaks", async () => {
  await verified("good");
  const bad = await at.artifact("bad");
  await deployer.apply(await at.context({ digest: bad, key: "b" }));
  await trouble("rollback-fails");
  const back = await at.context({ digest: bad, key: "c" });
  await expect(deployer.rollback(back)).rejects.toMatchObject({ kind: "tool-crash" });
  expect(await deployer.status(back)).toMatchObject({ current: bad, rejected: [bad] });
});
