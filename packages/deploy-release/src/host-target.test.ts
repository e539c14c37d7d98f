import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { isSameService, startService, stopService, type ServiceIdentity } from "@towpath/kit";
import { describe, expect, it, onTestFinished } from "vitest";
import { deployContext } from "../test/contexts.ts";
import { host, type Host } from "../test/host.ts";

async function start(): Promise<Host> {
  const made = await host();
  onTestFinished(() => made.remove());
  return made;
}

/** A process that has nothing to do with the deployer, or claims to be one of its own. */
async function someProcess(at: Host, env: Record<string, string> = {}): Promise<ServiceIdentity> {
  const identity = await startService({
    program: process.execPath,
    args: ["-e", "setInterval(() => {}, 1000)"],
    cwd: at.root,
    env,
    log: join(at.root, "log"),
  });
  onTestFinished(() => stopService(identity, 0));
  return identity;
}

describe("what an interrupted deploy left", () => {
  it("is removed by the next one: half-made releases, links, and processes on the spare port", async () => {
    const at = await start();
    const half = join(at.folder, "releases", "20200101T000000Z-00000000");
    await mkdir(join(half, ".venv"), { recursive: true });
    await symlink("releases/nowhere", join(at.folder, ".current-left"));
    await mkdir(join(at.folder, ".deploy"), { recursive: true });
    // One whose start was recorded, and one that was killed before it could be.
    const recorded = await someProcess(at);
    await writeFile(join(at.folder, ".deploy", "spare.json"), JSON.stringify(recorded));
    const stray = await someProcess(at, { TOWPATH_SERVICE: `spare of ${at.folder}` });
    const release = await at.release("good", "good");
    await at.deployer().apply(await deployContext(at, release));
    expect(existsSync(half)).toBe(false);
    expect(await readdir(at.folder)).not.toContain(".current-left");
    expect([recorded, stray].map(isSameService)).toEqual([false, false]);
    expect(await at.runs()).toBe(release.digest);
  });

  it("does not cost a stranger its life that was given the process id since", async () => {
    const at = await start();
    const stranger = await someProcess(at);
    await mkdir(join(at.folder, ".deploy"), { recursive: true });
    for (const role of ["spare", "place"]) {
      const old = { ...stranger, startTicks: stranger.startTicks - 1 };
      await writeFile(join(at.folder, ".deploy", `${role}.json`), JSON.stringify(old));
    }
    await at.deployer().apply(await deployContext(at, await at.release("good", "good")));
    expect(isSameService(stranger)).toBe(true);
  });
});

describe("a target that is not as it should be", () => {
  it("is not deployed to when somebody else listens to its port", async () => {
    const at = await start();
    const other = createServer().listen(at.options.port, "127.0.0.1");
    onTestFinished(() => void other.close());
    const ctx = await deployContext(at, await at.release("good", "good"));
    await expect(at.deployer().apply(ctx)).rejects.toMatchObject({
      kind: "environment",
      message: expect.stringContaining(`port ${at.options.port} is taken`) as unknown,
    });
  });

  it.each([
    ["leads to nothing", async (at: Host) => symlink("releases/gone", join(at.folder, "current"))],
    ["is no link", async (at: Host) => mkdir(join(at.folder, "current"))],
  ])("is unknown, and not absent, when `current` %s", async (_, damage) => {
    const at = await start();
    await mkdir(at.folder, { recursive: true });
    await damage(at);
    const ctx = await deployContext(at, await at.release("good", "good"));
    expect(await at.deployer().probe(ctx, "apply")).toMatchObject({ state: "unknown" });
    expect(await at.deployer().probe(ctx, "rollback")).toMatchObject({ state: "unknown" });
    await expect(at.deployer().apply(ctx)).rejects.toMatchObject({ kind: "environment" });
  });

  it.each(["", "{", "null", '{"verified": 1}'])("is unknown when its state is %j", async (text) => {
    const at = await start();
    await mkdir(join(at.folder, ".deploy"), { recursive: true });
    await writeFile(join(at.folder, ".deploy", "state.json"), text);
    const ctx = await deployContext(at, await at.release("good", "good"));
    expect(await at.deployer().probe(ctx, "apply")).toMatchObject({ state: "unknown" });
    await expect(at.deployer().apply(ctx)).rejects.toMatchObject({ kind: "parse" });
    await expect(at.deployer().status(ctx)).rejects.toMatchObject({ kind: "parse" });
  });

  it("does not pass for the release when another program answers with another digest", async () => {
    const at = await start();
    const ctx = await deployContext(at, await at.release("good", "good"));
    await at.deployer().apply(ctx);
    await stopService(JSON.parse(await readFile(join(at.folder, ".deploy", "place.json"), "utf8")), 0);
    const other = createServer((_, response) => response.end(JSON.stringify({ release: "f".repeat(64) })));
    onTestFinished(() => void other.close());
    await new Promise<void>((resolve) => other.listen(at.options.port, "127.0.0.1", resolve));
    expect(await at.deployer().probe(ctx, "apply")).toEqual({ state: "absent" });
    expect(await at.deployer().verify(ctx)).toMatchObject({ healthy: false });
  });
});
