import { run, step } from "./command.mjs";
import { inRoot } from "./project.mjs";

/**
 * Runs one of the repository's own tools on it and shows what it says when it complains.
 * @param {string} label @param {readonly [tool: string, ...args: string[]]} argv
 * @returns {Promise<boolean>} whether the tool ended with exit code 0
 */
export async function passes(label, [tool, ...args]) {
  const { code, stdout, stderr } = await step(label, () =>
    run([inRoot("node_modules", ".bin", tool), ...args]),
  );
  if (code !== 0) console.log(`${stdout}${stderr}`.trim());
  return code === 0;
}
