import { copyFile, realpath, stat } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { Breakage, type BuildContext, type Builder } from "@towpath/core";
import type { BuildOptions } from "./options.ts";
import { substitute } from "./placeholders.ts";
import { commandRunner, crash } from "./run-command.ts";

/** Makes the builder that runs one command. */
export function commandBuilder({ command, artifact, timeoutMs, env, pass }: BuildOptions): Builder {
  return {
    name: "command",
    timeoutMs,
    async build(ctx): Promise<string> {
      const made = join(ctx.outDir, artifact === undefined ? "artifact" : basename(artifact));
      const argv = substitute(command, { artifact: made, component: ctx.component.name });
      const ran = await commandRunner(ctx, { timeoutMs, env, pass })(argv);
      if (ran.code !== 0) throw crash(argv, ran);
      if (artifact === undefined) await needFile(made);
      else await copyFile(await insideRoot(ctx, artifact), made);
      return made;
    },
  };
}

/** Real path of what the command made. @throws {Breakage} when it is no file below the root */
async function insideRoot({ root }: BuildContext, artifact: string): Promise<string> {
  const path = await needFile(resolve(root, artifact));
  const away = relative(root, path);
  if (!away.startsWith("..") && resolve(root, away) === path) return path;
  throw new Breakage("environment", { message: `${artifact} leads out of the repository` });
}

async function needFile(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isFile()) return real;
  } catch (cause) {
    throw new Breakage("environment", { message: `the build ended with code 0 but made no ${path}`, cause });
  }
  throw new Breakage("environment", { message: `${path} is no file; the artifact is a single file` });
}
