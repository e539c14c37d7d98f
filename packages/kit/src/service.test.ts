import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { isSameService, type ServiceIdentity, startService, stopService } from "./service.ts";
import { killSurvivors } from "./survivors.ts";
import { isAlive, pidIn, tree, until } from "../test/testing.ts";

const node = process.execPath;
const stays = "setInterval(() => {}, 1000)";

/** Starts a Node program as a service that ends with the test. */
async function start(
  root: string,
  program: string,
  env: Record<string, string> = {},
): Promise<ServiceIdentity> {
  const identity = await startService({
    program: node,
    args: ["-e", program],
    cwd: root,
    env: { PATH: "/usr/bin:/bin", ...env },
    log: join(root, "log"),
  });
  onTestFinished(() => stopService(identity, 0));
  return identity;
}

describe("a service", () => {
  it("goes on when the process that started it is killed", async () => {
    const root = await tree();
    const request = { program: node, args: ["-e", stays], cwd: root, env: {}, log: join(root, "log") };
    const module = pathToFileURL(join(import.meta.dirname, "service.ts")).href;
    const parent = spawn(node, [
      "--input-type=module",
      "-e",
      `import { writeFileSync } from "node:fs";
       import { startService } from ${JSON.stringify(module)};
       writeFileSync(${JSON.stringify(join(root, "identity"))}, JSON.stringify(await startService(${JSON.stringify(request)})));
       setInterval(() => {}, 1000);`,
    ]);
    const file = join(root, "identity");
    await until("it was started", () => existsSync(file) && readFileSync(file, "utf8").endsWith("}"));
    const identity = JSON.parse(readFileSync(file, "utf8")) as ServiceIdentity;
    onTestFinished(() => stopService(identity, 0));
    const gone = new Promise((resolve) => parent.once("exit", resolve));
    parent.kill("SIGKILL");
    await gone;
    expect(isSameService(identity)).toBe(true);
    await stopService(identity, 5_000);
    expect(isAlive(identity.pid)).toBe(false);
  });

  it("is not found by a run that looks for what it left behind", async () => {
    const root = await tree();
    const ours = { TOWPATH_RUN_ID: "run-of-service-test", TOWPATH_CALL_ID: "call-of-service-test" };
    const identity = await start(root, stays, ours);
    expect(await killSurvivors("TOWPATH_RUN_ID", ours.TOWPATH_RUN_ID)).toBe(0);
    expect(await killSurvivors("TOWPATH_CALL_ID", ours.TOWPATH_CALL_ID)).toBe(0);
    expect(isSameService(identity)).toBe(true);
  });

  it("writes to its log, behind what stands there", async () => {
    const root = await tree({ log: "before\n" });
    const identity = await start(root, "console.log('out'); console.error('err')");
    await until("it has ended", () => !isSameService(identity));
    expect(readFileSync(join(root, "log"), "utf8")).toBe("before\nout\nerr\n");
  });

  it("is known to have ended, also before it is collected", async () => {
    const identity = await start(await tree(), "");
    await until("it has ended", () => !isSameService(identity));
    expect(identity.startTicks).toBeGreaterThan(0);
  });

  it.each([
    ["not found", "towpath-no-such-program", "tool-missing"],
    ["not startable", "nul\0in-name", "environment"],
  ])("that is %s is breakage", async (_, program, kind) => {
    const root = await tree();
    const started = startService({ program, args: [], cwd: root, env: {}, log: join(root, "log") });
    await expect(started).rejects.toMatchObject({ kind });
  });
});

describe("stopping a service", () => {
  it("asks first, and waits until it has ended", async () => {
    const root = await tree();
    const file = join(root, "goodbye");
    const identity = await start(
      root,
      `process.on("SIGTERM", () => setTimeout(() => { require("node:fs").writeFileSync(${JSON.stringify(file)}, "x"); process.exit(); }, 100));
       console.log("ready"); ${stays}`,
    );
    await until("it listens to signals", () => readFileSync(join(root, "log"), "utf8").includes("ready"));
    await stopService(identity, 60_000);
    expect(existsSync(file)).toBe(true);
    expect(isAlive(identity.pid)).toBe(false);
  });

  it("kills the whole group after the grace time", async () => {
    const root = await tree();
    const file = join(root, "child");
    const deaf = `process.on("SIGTERM", () => {}); ${stays}`;
    const identity = await start(
      root,
      `const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(`${deaf}; console.log("ready")`)}], { stdio: "inherit" });
       require("node:fs").writeFileSync(${JSON.stringify(file)}, String(child.pid)); ${deaf}`,
    );
    const child = await pidIn(file);
    await until("its child is up", () => readFileSync(join(root, "log"), "utf8").includes("ready"));
    await stopService(identity, 50);
    expect([identity.pid, child].map(isAlive)).toEqual([false, false]);
  });

  it("leaves a stranger alone that was given the id since, and one of an earlier start of the machine", async () => {
    const root = await tree();
    const identity = await start(root, stays);
    for (const stranger of [
      { ...identity, startTicks: identity.startTicks - 1 },
      { ...identity, bootId: "another" },
    ]) {
      expect(isSameService(stranger)).toBe(false);
      await stopService(stranger, 0);
    }
    expect(isSameService(identity)).toBe(true);
  });

  it("of a process whose name holds brackets and spaces works as well", async () => {
    const root = await tree();
    const identity = await start(root, `process.title = "a) R 1 (b"; console.log("ready"); ${stays}`);
    await until("it has its name", () => readFileSync(join(root, "log"), "utf8").includes("ready"));
    expect(isSameService(identity)).toBe(true);
    await stopService(identity, 5_000);
    expect(isAlive(identity.pid)).toBe(false);
  });
});
