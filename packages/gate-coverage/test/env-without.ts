import { execFileSync } from "node:child_process";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { project, pythonEnv } from "@towpath/testkit";

/**
 * Makes a virtual environment with the packages of the shared one, but for some.
 * @param names what is left out: entries of site-packages that match
 * @returns the interpreter
 */
export async function envWithout(names: RegExp): Promise<string> {
  const { python } = await pythonEnv();
  const { root } = await project({});
  const venv = join(root, "venv");
  execFileSync(python, ["-m", "venv", "--without-pip", venv]);
  const from = await sitePackages(dirname(dirname(python)));
  const to = await sitePackages(venv);
  for (const name of await readdir(from)) {
    if (!names.test(name)) await symlink(join(from, name), join(to, name));
  }
  return join(venv, "bin/python");
}

async function sitePackages(venv: string): Promise<string> {
  const [python = ""] = await readdir(join(venv, "lib"));
  const folder = join(venv, "lib", python, "site-packages");
  await mkdir(folder, { recursive: true });
  return folder;
}
