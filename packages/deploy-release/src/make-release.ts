import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Breakage, type DeployContext } from "@towpath/core";
import { interpreterOf } from "./interpreter.ts";
import { pythonOf } from "./launch.ts";
import type { TargetOptions } from "./options.ts";
import { runCommand } from "./run-command.ts";
import { writeStandIn } from "./stand-in.ts";
import type { ReleaseFolder, TargetFolder } from "./target-folder.ts";

/**
 * Makes a release on disk: its virtual environment in its final place, as environments do not move, with the wheel.
 * @throws {Breakage} `mismatch` when the wheel is not the one of the digest; what the tools throw
 */
export async function makeRelease(
  ctx: DeployContext,
  options: TargetOptions,
  target: TargetFolder,
): Promise<ReleaseFolder> {
  const { release, key, run, epoch, sabotage } = ctx;
  const wheel = await ownWheel(ctx);
  const python = await interpreterOf(ctx);
  const name = await target.begin(release.digest, ctx.clock.now());
  const path = join(target.path, "releases", name);
  ctx.log(`making releases/${name}`);
  await runCommand(ctx, [python, "-I", "-m", "venv", "--without-pip", join(path, ".venv")]);
  const pip = [python, "-I", "-m", "pip", "--python", pythonOf(path)];
  const common = ["--no-input", "--disable-pip-version-check"];
  const install = (...args: readonly string[]): Promise<string> =>
    runCommand(ctx, [...pip, ...common, "install", "--no-index", ...args]);
  const { dependencies } = options;
  if (dependencies !== undefined) {
    const [requirements, wheelhouse] = [dependencies.requirements, dependencies.wheelhouse].map((one) =>
      resolve(ctx.root, one),
    );
    await install(`--find-links=${wheelhouse}`, "--require-hashes", `--requirement=${requirements}`);
  }
  await install("--no-deps", wheel);
  if (sabotage !== undefined) await writeStandIn(path);
  const at = new Date(ctx.clock.now()).toISOString();
  const made = { key, run, epoch, digest: release.digest, at, rollbacks: [] };
  return target.complete(name, sabotage === undefined ? made : { ...made, sabotage });
}

/** A copy of the wheel that was compared with its digest, so that nobody changes it in between. */
async function ownWheel({ root, outDir, release, sabotage }: DeployContext): Promise<string> {
  const file = join(root, release.file);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Breakage("environment", { message: `the artifact ${release.file} cannot be read`, cause });
  });
  const digest = createHash("sha256").update(bytes).digest("hex");
  // A drill breaks a good wheel, and gives what comes of it a digest of its own.
  if (digest !== release.digest && sabotage === undefined) {
    throw new Breakage("mismatch", {
      message: `the artifact ${release.file} is not the one that was built`,
      why: `Its sha256 is ${digest}; the release has ${release.digest}.`,
    });
  }
  const copy = join(outDir, basename(file));
  await writeFile(copy, bytes);
  return copy;
}
