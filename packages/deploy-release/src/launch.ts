import { join } from "node:path";
import type { TargetContext } from "@towpath/core";
import type { TargetOptions } from "./options.ts";
import type { ReleaseFolder } from "./target-folder.ts";
import { standInArgv } from "./stand-in.ts";

/** How the service of a release is started at a port. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** The release's folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
}

/** What a service gets of Towpath's own environment without being asked for by `passEnv`. */
const inherited = /^(?:PATH|HOME|LANG|LC_[A-Z]+|TMPDIR|TZ)$/;

/** Interpreter of a release's virtual environment. */
export function pythonOf(release: string): string {
  return join(release, ".venv", "bin", "python");
}

/** How the service of a release is started; a sabotaged release starts the stand-in instead. */
export function launchOf(
  { env }: Pick<TargetContext, "env">,
  options: TargetOptions,
  folder: string,
  { path, record }: Pick<ReleaseFolder, "path" | "record">,
  port: number,
): Launch {
  const values = placeholders(folder, { path, digest: record.digest }, port);
  const argv =
    record.sabotage === undefined
      ? options.run.map((text) => fill(text, values))
      : standInArgv(pythonOf(path), path, record, options, port);
  const [program = "", ...args] = argv;
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (inherited.test(entry[0]) || options.passEnv.includes(entry[0])),
  );
  return {
    program,
    args,
    cwd: path,
    env: { ...Object.fromEntries(passed), ...options.env, TOWPATH_RELEASE: record.digest },
    log: join(path, "service.log"),
  };
}

/** The values of the placeholders for a release at a port. */
export function placeholders(
  folder: string,
  { path, digest }: { readonly path: string; readonly digest: string },
  port: number,
): Readonly<Record<string, string>> {
  return { python: pythonOf(path), port: String(port), release: digest, folder };
}

/** Puts the values in place of their names in braces, once. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
