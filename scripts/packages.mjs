import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun, SetupError, step } from "./command.mjs";
import { inRoot, pinnedNode, pnpmDir, pnpmVersion, toolEnv } from "./project.mjs";
import { digest, isStamped, unstamp, writeStamp } from "./stamp.mjs";

const network = "If the network is down, try again later; what is already there is kept.";

/** Installs the npm packages of the workspace exactly as the lockfile says, unless that was done before. */
export async function installPackages() {
  const folders = readdirSync(inRoot("packages")).map((name) => inRoot("packages", name));
  const manifests = [inRoot(), ...folders].map((folder) => join(folder, "package.json")).filter(existsSync);
  const stamp = inRoot("node_modules", ".towpath-setup");
  const wanted = digest([inRoot("pnpm-lock.yaml"), inRoot("pnpm-workspace.yaml"), ...manifests], manifests);
  const complete = manifests.every((file) => existsSync(join(file, "..", "node_modules")));
  if (complete && existsSync(pinnedNode) && isStamped(stamp, wanted)) return;
  unstamp(stamp);
  await installPnpm();
  await step("installing packages", () =>
    mustRun([join(pnpmDir, "node_modules", ".bin", "pnpm"), "install", "--frozen-lockfile"], {
      env: { ...toolEnv(), CI: "true" }, // replaces a half-made node_modules without asking
      hint: network,
    }),
  );
  if (!existsSync(pinnedNode)) {
    throw new SetupError(
      "The package `node` was installed without its program: install scripts seem to be switched off.\n" +
        "Allow them for this repository (pnpm-workspace.yaml names the only package that may run one).",
    );
  }
  writeStamp(stamp, wanted);
}

/** Brings the pinned pnpm into the repository's own folder; npm is the only package manager a machine must have. */
export async function installPnpm() {
  const version = pnpmVersion();
  const stamp = join(pnpmDir, "stamp");
  if (isStamped(stamp, version)) return;
  mkdirSync(pnpmDir, { recursive: true });
  writeFileSync(join(pnpmDir, "package.json"), '{"private": true}\n');
  await step(`fetching pnpm ${version}`, () =>
    mustRun(
      [
        "npm",
        "install",
        `--prefix=${pnpmDir}`,
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--save-exact",
        `pnpm@${version}`,
      ],
      { cwd: pnpmDir, hint: network },
    ),
  );
  writeStamp(stamp, version);
}
