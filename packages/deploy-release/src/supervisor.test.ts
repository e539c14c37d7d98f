import { chmod, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createExec, findSurvivors } from "@towpath/kit";
import { project, pythonEnv } from "@towpath/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { deployContext } from "../test/contexts.ts";
import { host } from "../test/host.ts";
import type { Launch } from "./launch.ts";
import { releaseDeployer } from "./release-deployer.ts";
import { supervisorOf } from "./supervisor.ts";
import { unitFile } from "./systemd-supervisor.ts";
import { TargetFolder } from "./target-folder.ts";

/** A program that writes down how it was called, and what it was given. */
const recorder = `#!/usr/bin/env python3
import json, os, sys
with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "calls"), "a") as calls:
    print(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:], os.environ.get("XDG_RUNTIME_DIR", os.environ.get("TOWPATH_RELEASE"))]), file=calls)
sys.exit(int(os.environ.get("EXIT", "0")))
`;

const launch: Launch = {
  program: "/srv/foo/.venv/bin/python",
  args: ["-m", "foo", "50% off", 'say "hi"', "$HOME", "a\\b"],
  cwd: "/srv/foo",
  env: { PATH: "/usr/bin", GREETING: 'hello "you" 100%', TOWPATH_RELEASE: "abc" },
  log: "/srv/foo/service.log",
};

async function shims(...names: readonly string[]): Promise<{
  readonly env: Readonly<Record<string, string>>;
  readonly calls: () => Promise<readonly unknown[]>;
  readonly root: string;
}> {
  const { root, write } = await project({});
  for (const name of names) {
    await write(name, recorder);
    await chmod(join(root, name), 0o755);
  }
  const { env } = await pythonEnv();
  return {
    root,
    env: { PATH: `${root}${delimiter}${env["PATH"]}`, HOME: root, XDG_RUNTIME_DIR: "/run/user/7" },
    calls: async () =>
      (await readFile(join(root, "calls"), "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
  };
}

describe("the supervisor systemd", () => {
  it("writes the unit of the release, reloads and restarts, and stops", async () => {
    const { root, env, calls } = await shims("systemctl");
    const at = await host({ supervisor: { systemd: { unit: "foo" } } });
    const ctx = { ...(await deployContext(at, await at.release("good", "good"), { env })) };
    const exec = createExec({ root: at.root, runId: "test", env, writable: [ctx.outDir] });
    const supervisor = supervisorOf({ ...ctx, exec }, at.options, new TargetFolder(at.folder));
    await supervisor.restart(launch, {});
    await supervisor.stop();
    expect(await calls()).toEqual([
      ["systemctl", "--user", "daemon-reload", "/run/user/7"],
      ["systemctl", "--user", "restart", "foo.service", "/run/user/7"],
      ["systemctl", "--user", "stop", "foo.service", "/run/user/7"],
    ]);
    const unit = await readFile(join(root, ".config/systemd/user/foo.service"), "utf8");
    expect(unit).toBe(unitFile("foo", launch, 5_000, true));
  });

  it("writes a unit in which every sign means itself", () => {
    expect(unitFile("foo", launch, 5_000, true)).toBe(`[Unit]
Description=foo (deployed by Towpath)

[Service]
Type=exec
WorkingDirectory=/srv/foo
Environment="PATH=/usr/bin"
Environment="GREETING=hello \\"you\\" 100%%"
Environment="TOWPATH_RELEASE=abc"
ExecStart="/srv/foo/.venv/bin/python" "-m" "foo" "50%% off" "say \\"hi\\"" "$$HOME" "a\\\\b"
StandardOutput=append:/srv/foo/service.log
StandardError=append:/srv/foo/service.log
KillMode=control-group
TimeoutStopSec=5000ms
Restart=on-failure
RestartSec=1

[Install]
WantedBy=default.target
`);
  });
});

describe("the supervisor command", () => {
  const command = { start: ["starter", "--name=foo", "{run}", "at {port} of {folder}"], stop: ["stopper"] };

  it("calls the user's programs, with the argv and the variables of the service", async () => {
    const { env, calls } = await shims("starter", "stopper");
    const at = await host({ supervisor: { command } });
    const ctx = await deployContext(at, await at.release("good", "good"), { env });
    const exec = createExec({
      root: at.root,
      runId: "test",
      env: { PATH: env["PATH"] },
      writable: [ctx.outDir],
    });
    const supervisor = supervisorOf({ ...ctx, exec }, at.options, new TargetFolder(at.folder));
    const started = { ...launch, env: { TOWPATH_RELEASE: "abc" } };
    await supervisor.restart(started, { port: "8101", folder: "/srv/foo" });
    expect(await calls()).toEqual([
      ["stopper", null],
      ["starter", "--name=foo", launch.program, ...launch.args, "at 8101 of /srv/foo", "abc"],
    ]);
  });

  it("breaks when a program of the user fails", async () => {
    const { env } = await shims("starter", "stopper");
    const at = await host({ supervisor: { command } });
    const ctx = await deployContext(at, await at.release("good", "good"), { env });
    const failing = createExec({
      root: at.root,
      runId: "test",
      env: { PATH: env["PATH"] },
      writable: [ctx.outDir],
    });
    const supervisor = supervisorOf(
      { ...ctx, exec: (request) => failing({ ...request, env: { EXIT: "3" } }) },
      at.options,
      new TargetFolder(at.folder),
    );
    await expect(supervisor.restart(launch, {})).rejects.toMatchObject({
      kind: "tool-crash",
      message: "ended with code 3: stopper",
    });
  });

  it("can only plant a failure in its place where its program is told what to run", async () => {
    const told = await host({ supervisor: { command } });
    const untold = await host({ supervisor: { command: { start: ["starter"], stop: ["stopper"] } } });
    expect(releaseDeployer(told.options).sabotages).toContain("crash-after-requests");
    expect(releaseDeployer(untold.options).sabotages).toEqual(["health-500", "slow-start", "wrong-digest"]);
  });

  it("keeps a real service, and rolls it back", async () => {
    const { root, write } = await project({});
    // Starts the service away from its own process, and writes down whom to stop.
    await write(
      "keeper",
      `#!/usr/bin/env python3
import os, signal, subprocess, sys
file = os.path.join(os.path.dirname(os.path.realpath(__file__)), "pid")
if sys.argv[1] == "start":
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(sys.argv[2:], start_new_session=True, stdin=quiet, stdout=quiet, stderr=quiet)
    open(file, "w").write(str(child.pid))
elif os.path.exists(file):
    try:
        os.killpg(int(open(file).read()), signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.remove(file)
`,
    );
    const keeper = join(root, "keeper");
    await chmod(keeper, 0o755);
    const at = await host({
      supervisor: { command: { start: [keeper, "start", "{run}"], stop: [keeper, "stop"] } },
    });
    onTestFinished(async () => {
      const ctx = await deployContext(at, await at.release("v1", "good"));
      await supervisorOf(ctx, at.options, new TargetFolder(at.folder)).stop();
    });
    const deployer = at.deployer();
    const first = await deployContext(at, await at.release("v1", "good"));
    await deployer.apply(first);
    expect(await findSurvivors("TOWPATH_RUN_ID", first.run)).toEqual([]);
    expect(await deployer.verify(first)).toMatchObject({ healthy: true });
    await deployer.confirm(first);
    const second = await deployContext(at, await at.release("v2", "good"));
    await deployer.apply(second);
    expect(await at.runs()).toBe(second.release.digest);
    await deployer.rollback(await deployContext(at, second.release));
    expect(await at.runs()).toBe(first.release.digest);
  });
});
