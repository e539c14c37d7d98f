import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { FakeBehaviour } from "./fake-behaviour.ts";
import { fakeProgram } from "./fake-program.ts";

/**
 * Writes an executable that behaves as told, to stand in for a tool. Gates find it through `TOWPATH_<TOOL>`, a
 * `command` option, or PATH.
 * @param dir folder to put it in; made if need be
 * @param name name of the program, e.g. `ruff`
 * @returns its absolute path
 * @example const ruff = await fakeTool(root, "ruff", { version: "ruff 0.17.6", stdout: "[]", exit: 1 });
 */
export async function fakeTool(dir: string, name: string, behaviour: FakeBehaviour): Promise<string> {
  const folder = resolve(dir);
  await mkdir(folder, { recursive: true });
  const program = join(folder, name);
  const script = join(folder, `.${name}.cjs`);
  await writeFile(script, fakeProgram(behaviour));
  // A shebang cannot name an interpreter whose path has a space; the shell can. `exec` keeps the process id.
  await writeFile(program, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(script)} "$@"\n`);
  await chmod(program, 0o755);
  return program;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
