import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, step } from "./command.mjs";

/** Programs that only tests use, and the Debian packages that bring them. @type {readonly [program: string, package: string][]} */
const tools = [
  ["faketime", "faketime"],
  ["strace", "strace"],
  ["chromium", "chromium"],
];

/**
 * Installs, where that is possible, the programs with which tests turn the clock, break the disk and look at pages. Where
 * it is not, those tests say that they were skipped, and why; those of the pages then count as failed.
 */
export async function installSystemTools() {
  const missing = tools.filter(([program]) => !isOnPath(program)).map(([, name]) => name);
  if (missing.length === 0) return;
  const can = process.getuid?.() === 0 && isOnPath("apt-get");
  if (!can) {
    console.log(`not installed: ${missing.join(", ")}; the tests that need them are skipped`);
    return;
  }
  await step(`installing ${missing.join(" and ")}`, async () => {
    if ((await install(missing)) !== 0) {
      await run(["apt-get", "update", "-qq"]);
      await install(missing);
    }
  });
}

/** @param {readonly string[]} names */
async function install(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { code } = await run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...names], {
    env,
  });
  return code;
}

/** @param {string} program */
function isOnPath(program) {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
