import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { run, SetupError } from "./command.mjs";
import { example, made, towpath } from "./example.mjs";
import { toolEnv } from "./project.mjs";
import { linkPythonEnv } from "./python-env.mjs";
import { applySabotage } from "./sabotage.mjs";

/** @import { Sabotage } from "./sabotage.mjs" */

/** A release that looks well until it has taken its place: no gate and no check before the switch can see it. */
export const wornOut = /** @type {Sabotage} */ ({
  name: "worn-out-release",
  stage: "staging",
  faults: [
    {
      what: "a service that is no longer healthy after five looks",
      gate: "",
      file: "src/throttle/service.py",
      find: "MAX_BODY_BYTES = 4096\n",
      replace: "MAX_BODY_BYTES = 4096\nENDURANCE = 5\n_looks: list[str] = []\n",
    },
    {
      what: "the same",
      gate: "",
      file: "src/throttle/service.py",
      find: '        case ("GET", "/health"):\n',
      replace:
        '        case ("GET", "/health"):\n            _looks.append(path)\n            if len(_looks) > ENDURANCE:\n' +
        '                return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "worn out")\n',
    },
  ],
});

/**
 * Leads a copy of the example through all six stages to production on this machine, then sends a bad release after it,
 * which must be rolled back by itself. Its services are stopped at the end, and the copy is removed.
 * @param {(title: string) => void} say tells what comes next
 * @param {"all" | "none"} [show] whether the user sees what the program prints
 * @throws when a step does not end as it must
 */
export async function leadToProduction(say, show = "all") {
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), "towpath-journey-"))), "throttle");
  const staging = await freePort();
  const production = await freePort();
  copyWithPorts(folder, { 8101: staging, 8102: production });
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let prober;
  try {
    say("All stages up to production. The soak has only begun, so the run parks and ends with exit code 5:");
    await expectExit(
      { folder, show },
      5,
      "run",
      "--spec",
      "specs/throttle.md",
      "--component",
      "throttle",
      "--target",
      "production",
    );

    say("A person vouches for what no gate can measure:");
    await expectExit(
      { folder, show },
      0,
      "attest",
      "security-review",
      "--expires",
      "90d",
      "--note",
      "read in full",
    );

    say("Bad releases are sent to staging on purpose; each must be noticed and reverted in time:");
    await expectExit({ folder, show }, 0, "drill", "rollback");

    say("The release in staging fails on purpose; the alert of the prober must arrive:");
    prober = spawn(pinned(), [...towpath().slice(1), "probe", "-q"], {
      cwd: folder,
      env: toolEnv(),
      stdio: "ignore",
    });
    await expectExit({ folder, show }, 0, "drill", "monitoring");
    prober.kill("SIGTERM");

    say("The soak: eight seconds by a policy that says `demo: true`, seven days by any other:");
    await expectExit({ folder, show }, 0, "probe", "--for", "11s");

    say("The time has come, so the run goes on where it was parked, to production:");
    await expectExit({ folder, show }, 0, "resume", "--due");
    const good = await releaseAt(staging);
    if (good === undefined || (await releaseAt(production)) !== good)
      throw new SetupError("Staging and production must run the same release.");

    say("A release that looks well until it has taken its place; it must be rolled back by itself:");
    applySabotage(folder, wornOut);
    await expectExit({ folder, show }, 1, "run", "--target", "staging");
    for (const port of [staging, production])
      if ((await releaseAt(port)) !== good)
        throw new SetupError(`The good release must answer on port ${port}.`);
    await expectExit({ folder, show }, 0, "status");
    say(`Both environments answer with the good release ${good.slice(0, 12)}.`);
  } finally {
    prober?.kill("SIGTERM");
    for (const name of ["staging", "production"])
      stopService(join(folder, ".deploy", name, ".deploy", "place.json"));
    rmSync(join(folder, ".."), { recursive: true, force: true });
  }
}

/** @param {string} folder @param {Record<string, number>} ports new ports by those of the configuration */
function copyWithPorts(folder, ports) {
  cpSync(example, folder, { recursive: true, filter: (source) => !made.has(basename(source)) });
  linkPythonEnv(folder);
  const config = join(folder, "towpath.config.yaml");
  const text = readFileSync(config, "utf8");
  writeFileSync(
    config,
    text.replaceAll(/port: (\d+)/gu, (all, port) => (ports[port] ? `port: ${ports[port]}` : all)),
  );
}

/**
 * Runs a command of the program that must end with an exit code.
 * @param {{ folder: string, show: "all" | "none" }} where @param {number} code @param {string[]} args
 */
async function expectExit({ folder, show }, code, ...args) {
  if (show === "all") console.log(`$ towpath ${args.join(" ")}`);
  const ended = await run(towpath(...args), { cwd: folder, show });
  if (ended.code === code) return;
  const printed = `${ended.stdout}${ended.stderr}`.trim();
  throw new SetupError(
    `${printed}\ntowpath ${args[0]} must end with exit code ${code}, and ended with ${ended.code}.`,
  );
}

/** The digest that a service names, if it answers. @param {number} port @returns {Promise<string | undefined>} */
async function releaseAt(port) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/version`);
    const { release } = /** @type {{ release?: unknown }} */ (await answer.json());
    return typeof release === "string" ? release : undefined;
  } catch {
    return undefined;
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** @param {string} place file in which a target keeps what runs in its place */
function stopService(place) {
  if (!existsSync(place)) return;
  const { pid } = JSON.parse(readFileSync(place, "utf8"));
  if (typeof pid !== "number") return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It ended by itself.
  }
}

/** @returns {string} the Node that runs the program */
function pinned() {
  return towpath()[0];
}
