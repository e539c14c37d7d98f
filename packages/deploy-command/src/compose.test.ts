import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import type { Deployer } from "@towpath/core";
import { beforeEach, describe, expect, it } from "vitest";
import { type Bench, bench, type FakeProgram, sha, stagingDeployer } from "../test/bench.ts";
import { onPath } from "../test/on-path.ts";

interface Container {
  labels: Record<string, string>;
  image: string;
  state: string;
  status: string;
}

/** What the fake Docker holds. */
interface Docker {
  containers: Container[];
  readonly trouble?: "daemon-gone" | "up-fails-after";
}

/** A Docker that knows `ps` and `compose up`, for one service. */
const docker = `
  if (state.trouble === "daemon-gone") fail("Cannot connect to the Docker daemon");
  if (args[0] === "ps") {
    for (const { labels, image, state: now, status } of state.containers) {
      const label = (name) => labels["towpath." + name] ?? "";
      const marks = Object.fromEntries(["key", "run", "epoch", "digest", "found"].map((name) => [name, label(name)]));
      say({ ...marks, image, state: now, status });
    }
  } else if (args[0] === "compose") {
    const overlay = args.findLast((one) => one.startsWith("--file=")).slice("--file=".length);
    const { image, labels } = JSON.parse(readFileSync(overlay, "utf8")).services[args.at(-1)];
    const started = !args.includes("--no-start");
    state.containers = [{
      labels,
      image,
      state: started ? "running" : "created",
      status: started ? "Up 1 second (healthy)" : "Created",
    }];
    save();
    if (state.trouble === "up-fails-after") fail("context deadline exceeded");
  }`;

const target = { project: "shop", service: "web", files: ["compose.yaml", "compose.prod.yaml"] };
const image = (name: string): string => `registry.example.org/shop@sha256:${sha(name)}`;
const options = { compose: target, watch: { withinMs: 200, bakeMs: 0, everyMs: 1 }, timeoutMs: 20_000 };
const labelOf = (name: string): string => `{{json (.Label "towpath.${name}")}}`;
const format =
  `{"key":${labelOf("key")},"run":${labelOf("run")},"epoch":${labelOf("epoch")},"digest":${labelOf("digest")},` +
  `"found":${labelOf("found")},"image":{{json .Image}},"state":{{json .State}},"status":{{json .Status}}}`;
const ps = [
  "ps",
  "--all",
  "--no-trunc",
  "--filter=label=com.docker.compose.project=shop",
  "--filter=label=com.docker.compose.service=web",
  "--filter=label=com.docker.compose.oneoff=False",
  `--format=${format}`,
];

let at: Bench;
let program: FakeProgram;
let deployer: Deployer;
beforeEach(async () => {
  at = await bench();
  program = await at.program("docker", docker, { containers: [] } satisfies Docker);
  deployer = await stagingDeployer(options);
});

const container = async (): Promise<Container | undefined> => (await program.state<Docker>()).containers[0];

async function deployed(name: string, confirmed: boolean): Promise<string> {
  const digest = await at.artifact(`${image(name)}\n`);
  const ctx = await at.context({ digest, key: name });
  expect(await deployer.apply(ctx)).toMatchObject({ state: "deployed" });
  if (confirmed) await deployer.confirm(ctx);
  return digest;
}

describe("compose", () => {
  it("runs these commands", async () => {
    const digest = await at.artifact(image("one"));
    const ctx = await at.context({ digest, key: "a" });
    await deployer.apply(ctx);
    const overlay = `${ctx.outDir}/towpath.compose.json`;
    const up = [
      "compose",
      "--project-name=shop",
      "--file=compose.yaml",
      "--file=compose.prod.yaml",
      `--file=${overlay}`,
      "up",
      "--detach",
      "--no-build",
      "web",
    ];
    expect(await program.calls()).toEqual([ps, up, ps]);
    expect(await container()).toMatchObject({
      image: image("one"),
      labels: {
        "towpath.key": sha("a"),
        "towpath.run": "run-1",
        "towpath.epoch": "1",
        "towpath.digest": digest,
        "towpath.found": "",
      },
    });
  });

  it("deploys, watches, and goes back to the image that was verified", async () => {
    const good = await deployed("good", true);
    const bad = await deployed("bad", false);
    const back = await at.context({ digest: bad, key: "back" });
    expect(await deployer.verify(back)).toMatchObject({ healthy: true });
    expect(await deployer.rollback(back)).toEqual({ current: good });
    expect(await container()).toMatchObject({ image: image("good"), state: "running" });
    expect(await deployer.probe(back, "rollback")).toEqual({ state: "applied", result: { current: good } });
    expect(await deployer.status(back)).toEqual({ current: good, verified: [good], rejected: [bad] });
  });

  it("leaves a container that does not run where there is nothing to go back to", async () => {
    const bad = await deployed("bad", false);
    const back = await at.context({ digest: bad, key: "back" });
    expect(await deployer.rollback(back)).toEqual({ current: undefined });
    expect(await container()).toMatchObject({ state: "created" });
    expect(await deployer.probe(back, "rollback")).toEqual({
      state: "applied",
      result: { current: undefined },
    });
  });

  it("brings back the image that ran before the first release", async () => {
    await program.change({
      containers: [{ labels: {}, image: "shop:old", state: "running", status: "Up 3 weeks" }],
    } satisfies Docker);
    const bad = await deployed("bad", false);
    const back = await at.context({ digest: bad, key: "back" });
    expect(await deployer.rollback(back)).toEqual({ current: undefined });
    expect(await container()).toMatchObject({ image: "shop:old", state: "running" });
  });

  it("says unknown without a daemon, and of containers of different releases", async () => {
    const ctx = await at.context({ digest: await deployed("one", false), key: "one" });
    const one = await container();
    if (one === undefined) throw new Error("nothing runs");
    const others = [
      { ...one, labels: { ...one.labels, "towpath.key": sha("before") } },
      { ...one, labels: { ...one.labels, "towpath.digest": sha("before") } },
      { ...one, image: image("before") },
    ];
    for (const other of others) {
      await program.change({ containers: [one, other] } satisfies Docker);
      expect(await deployer.probe(ctx, "apply")).toMatchObject({ state: "unknown" });
    }
    await program.change({ containers: [one], trouble: "daemon-gone" } satisfies Docker);
    expect(await deployer.probe(ctx, "apply")).toMatchObject({
      state: "unknown",
      why: expect.stringContaining("Cannot connect to the Docker daemon"),
    });
  });

  it("finds a deploy that was done although the command failed", async () => {
    await program.change({ containers: [], trouble: "up-fails-after" } satisfies Docker);
    const ctx = await at.context({ digest: await at.artifact(image("one")), key: "a" });
    await expect(deployer.apply(ctx)).rejects.toMatchObject({ kind: "tool-crash" });
    expect(await deployer.probe(ctx, "apply")).toMatchObject({ state: "applied" });
  });

  it.each([
    ["running", "Up 2 seconds (unhealthy)", "Up 2 seconds (unhealthy)"],
    ["running", "Up 2 seconds (health: starting)", "not healthy within"],
    ["restarting", "Restarting (1) 2 seconds ago", "Restarting"],
    ["exited", "Exited (0) 2 seconds ago", "Exited"],
  ])("says no to a container that is %s: %s", async (state, status, reason) => {
    const ctx = await at.context({ digest: await deployed("one", false), key: "one" });
    const one = await container();
    if (one === undefined) throw new Error("nothing runs");
    await program.change({ containers: [{ ...one, state, status }] } satisfies Docker);
    expect(await deployer.verify(ctx)).toMatchObject({
      healthy: false,
      reason: expect.stringContaining(reason),
    });
  });
});

describe.skipIf(!onPath("docker"))("the real docker, where this machine has it", () => {
  it("takes the question, with or without a daemon", async () => {
    const daemon = { DOCKER_HOST: `unix://${at.root}/no-daemon.sock` };
    const ask = (args: readonly string[]): Promise<unknown> =>
      promisify(execFile)("docker", args, { env: { PATH: process.env["PATH"], HOME: at.root, ...daemon } });
    const last = ps.length - 1;
    await expect(ask([...ps.slice(0, last), "--format={{nonsense}}"])).rejects.toMatchObject({
      stderr: expect.stringContaining("template"),
    });
    await expect(ask(ps)).rejects.toMatchObject({ stderr: expect.stringContaining("Cannot connect") });
  });
});

const plugins = [
  "/usr/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/local/lib/docker/cli-plugins",
];
const hasCompose = plugins.some((folder) => existsSync(`${folder}/docker-compose`));

describe.skipIf(!hasCompose)("the real docker compose, where this machine has the plugin", () => {
  it("lays image and labels over the project's own file", async () => {
    await at.project.write(
      "compose.yaml",
      "services: {web: {image: placeholder, labels: {team: web}, ports: ['80']}}\n",
    );
    await at.project.write("compose.prod.yaml", "services: {web: {restart: always}}\n");
    const ctx = await at.context({ digest: await at.artifact(image("one")), key: "a" });
    await deployer.apply(ctx);
    const [, up = []] = await program.calls();
    const config = [...up.slice(0, up.indexOf("up")), "config", "--format=json"];
    const env = { PATH: process.env["PATH"], HOME: at.root };
    const { stdout } = await promisify(execFile)("docker", config, { cwd: at.root, env });
    expect(JSON.parse(stdout)).toMatchObject({
      services: {
        web: {
          image: image("one"),
          restart: "always",
          labels: { team: "web", "towpath.digest": ctx.release.digest },
        },
      },
    });
  });
});
