import { createHash } from "node:crypto";
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { project, pythonEnv, type DeployerTarget } from "@towpath/testkit";
import { options as schema, type TargetOptions, type TargetUserOptions } from "../src/options.ts";
import { releaseDeployer } from "../src/release-deployer.ts";
import { RunningService } from "../src/running-service.ts";
import { TargetFolder } from "../src/target-folder.ts";
import { service, wheelRelease } from "./wheel.ts";

/** A target on this host, for tests. */
export interface Host extends DeployerTarget {
  /** Absolute path of the target's folder. */
  readonly folder: string;
  readonly options: TargetOptions;
  /** Makes a release of a service's source. */
  wheel(source: string): ReturnType<DeployerTarget["release"]>;
}

/** A target with the checked options, and defaults that are quick. */
export async function host(more: Partial<TargetUserOptions> = {}): Promise<Host> {
  const { root } = await project({ "src/foo/__init__.py": "" });
  const { env } = await pythonEnv();
  const options = targetOptions({ port: await portFor(), ...more });
  const folder = join(root, options.folder);
  const target = new TargetFolder(folder);
  const running = new RunningService(target, "place");
  return {
    root,
    env,
    folder,
    options,
    deployer: () => releaseDeployer(options),
    wheel: (source) => wheelRelease(root, source),
    release: (name, kind) =>
      wheelRelease(root, `# ${name}\n${kind === "good" ? service : "raise SystemExit('out of order')"}`),
    async runs() {
      const answer = await fetch(`http://127.0.0.1:${options.port}/version`, {
        headers: { connection: "close" },
      }).catch(() => undefined);
      const body = (await answer?.json()) as { readonly release?: string } | undefined;
      return body?.release;
    },
    contents: () => contentsOf(folder),
    async harm() {
      const { pid } = JSON.parse(await readFile(join(folder, ".deploy", "place.json"), "utf8"));
      process.kill(-pid, "SIGSTOP");
    },
    child: [fileURLToPath(new URL("child.ts", import.meta.url)), JSON.stringify(options)],
    async remove() {
      await running.stop(0);
      await new RunningService(target, "spare").stop(0);
    },
  };
}

/** The options of a target, with the service of `wheel.ts`, and checked. */
export function targetOptions(more: Partial<TargetUserOptions>): TargetOptions {
  const staging: TargetUserOptions = {
    folder: ".deploy/staging",
    run: ["{python}", "-m", "svc", "{port}"],
    port: 1,
    health: { successes: 2, intervalMs: 20, startMs: 60_000 },
    bakeMs: 100,
    ...more,
  };
  const checked = schema.parse({ environments: { staging } }).environments.staging;
  if (checked === undefined) throw new Error("the options name the environment");
  return checked;
}

/** A port that nobody listens to now. */
export async function portFor(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Digests of the files of a target; the virtual environments stay as they are, and the lock must not be touched. */
async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (name.includes("/.venv/") || name === ".deploy/lock") continue;
    if (entry.isSymbolicLink()) found[name] = await readlink(path);
    else if (entry.isFile())
      found[name] = createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
    else found[name] = "";
  }
  return found;
}
