import { mustRun, step } from "./command.mjs";
import { checkNode } from "./machine.mjs";
import { installPackages, installPnpm } from "./packages.mjs";
import { ensurePythonEnvs } from "./python-env.mjs";
import { inRoot } from "./project.mjs";

/**
 * Makes a fresh checkout ready: Python environment, packages, build. Everything stays below the repository. What
 * is up to date is skipped, so a second call is quick and needs no network.
 */
export async function setUp() {
  checkNode();
  await ensurePythonEnvs();
  await installPackages();
  await buildPackages();
}

/** Builds all packages; turbo skips those whose sources have not changed. */
async function buildPackages() {
  await installPnpm(); // turbo starts each build through pnpm
  await step("building", () =>
    mustRun([inRoot("node_modules", ".bin", "turbo"), "run", "build", "--output-logs=errors-only"], {
      hint: "Mend the errors above.",
    }),
  );
}
