import { readdirSync, readFileSync, realpathSync, statSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Breakage, type GateContext, type ToolInfo } from "@towpath/core";
import { isInside } from "./inside.ts";
import type { Tool } from "./tool.ts";

/** Which tool it is, however it was found: `.venv` or the active environment may lead to the same one. */
export type ToolIdentity = Omit<ToolInfo, "via">;

/** What the answer of a Python program depends on beside its input. */
export interface PythonEnvironment {
  readonly tool: ToolIdentity;
  /** What is installed for it, by absolute folder. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
}

/** The part of a tool's information that tells it from another one. */
export function toolIdentity(info: ToolInfo): ToolIdentity {
  const { via: _, ...identity } = info;
  return identity;
}

/**
 * An interpreter, or a tool that is a Python script, with the distributions that are installed for it. No process is
 * started: distributions are the names in the folders of packages, which carry the versions. Of what was installed from
 * a folder or a repository, whose version says little, the time of the installation counts too, and of `.pth` files and
 * their like the text. An installed file that is edited in its place goes unnoticed.
 * @param program as `findPython` or `findTool` found it
 * @param seen folders that were read a moment ago
 * @throws {Breakage} `environment` when no folder of packages is where Python has them: behind a shim, a wrapper or a
 *   package manager nobody knows what is installed
 */
export function pythonEnvironment(
  ctx: GateContext,
  program: Tool,
  seen: Map<string, unknown> = new Map(),
): PythonEnvironment {
  const folders = packageFolders(ctx, program);
  if (folders.length === 0) {
    throw new Breakage("environment", {
      message: `nobody can say which packages ${[program.command, ...program.args].join(" ")} has`,
    });
  }
  const packages = Object.fromEntries(
    folders.map((folder) => {
      const known = seen.get(folder) as readonly string[] | undefined;
      const installed = known ?? installedIn(folder, ctx.workspace.root);
      seen.set(folder, installed);
      return [folder, installed];
    }),
  );
  return { tool: toolIdentity(program.info), packages };
}

function packageFolders({ env }: GateContext, { command, args }: Tool): readonly string[] {
  // `uv run` and the like choose the environment by themselves.
  if (args.length > 0 && args[0] !== "-m") return [];
  const prefixes = [command, realpathSync.native(command)].map((path) => dirname(dirname(path)));
  for (const prefix of prefixes) {
    const settings = textOf(join(prefix, "pyvenv.cfg"));
    if (settings === "") continue;
    const own = unique(foldersBelow(prefix));
    const open = /^include-system-site-packages\s*=\s*true\s*$/im.test(settings);
    const home = /^home\s*=\s*(.+?)\s*$/im.exec(settings)?.[1];
    if (own.length === 0 || !open || home === undefined) return own;
    return unique([...own, ...foldersBelow(dirname(home)), ...userFolders(env)]);
  }
  const own = prefixes.flatMap(foldersBelow);
  return own.length === 0 ? [] : unique([...own, ...userFolders(env)]);
}

/** Folders of packages below a prefix, of every version of Python that has some there. */
function foldersBelow(prefix: string): readonly string[] {
  const versions = ["lib", "lib64", "local/lib"].flatMap((lib) =>
    namesIn(join(prefix, lib))
      .filter((name) => /^(?:python|pypy)3/.test(name))
      .map((name) => join(prefix, lib, name)),
  );
  return [...versions, join(prefix, "Lib")]
    .flatMap((folder) => [join(folder, "site-packages"), join(folder, "dist-packages")])
    .filter(isFolder);
}

/** What a user has installed for themselves: on Linux, macOS and Windows. */
function userFolders({ HOME, APPDATA }: GateContext["env"]): readonly string[] {
  const mac = HOME === undefined ? undefined : join(HOME, "Library/Python");
  const windows = APPDATA === undefined ? undefined : join(APPDATA, "Python");
  return [
    ...(HOME === undefined ? [] : foldersBelow(join(HOME, ".local"))),
    ...namesIn(mac).map((name) => join(mac ?? "", name, "lib/python/site-packages")),
    ...namesIn(windows).map((name) => join(windows ?? "", name, "site-packages")),
  ].filter(isFolder);
}

/** @throws {Breakage} `environment` when code is imported from a folder whose changes nobody notices */
function installedIn(folder: string, root: string, from: readonly string[] = []): readonly string[] {
  return namesIn(folder)
    .flatMap((name) => {
      const path = join(folder, name);
      if (/\.(?:dist|egg)-info$/.test(name)) {
        const local = statsOf(join(path, "direct_url.json"));
        return [local === undefined ? name : `${name} of ${local.mtimeMs}`];
      }
      if (/\.(?:pth|egg-link)$|^__editable__/.test(name)) {
        const text = textOf(path);
        const distant = foldersNamedIn(text, folder).filter((one) => !isInside(root, one));
        const unknown = distant.find((one) => !namesIn(one).some((other) => other.endsWith(".dist-info")));
        if (unknown !== undefined) {
          const message = `${path} makes Python import from ${unknown}, and nobody can say what changes there`;
          throw new Breakage("environment", { message });
        }
        // Other environments, as where several share what is large; two may lead to each other.
        const others = distant.filter((one) => !from.includes(one));
        return [`${name}: ${text}`, ...others.flatMap((one) => installedIn(one, root, [...from, folder]))];
      }
      // A module that somebody has put there without installing it.
      return name.endsWith(".py") ? [`${name} of ${statsOf(path)?.mtimeMs ?? 0}`] : [];
    })
    .toSorted();
}

/** Folders outside of `folder` that a `.pth` file, a link or the finder of an editable installation names. */
function foldersNamedIn(text: string, folder: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^(?:import[ \t]|#|\s*$)/.test(line));
  const quoted = [...text.matchAll(/["']([/\\]|[A-Za-z]:)([^"'\n]+)["']/g)].map(
    ([, start = "", rest = ""]) => start + rest,
  );
  return [...lines.map((line) => resolve(folder, line.trim())), ...quoted]
    .filter((path) => isFolder(path) && !isInside(folder, path))
    .map((path) => realpathSync.native(path));
}

/** `lib64` is often a link to `lib`. */
function unique(folders: readonly string[]): readonly string[] {
  return [...new Set(folders.map((folder) => realpathSync.native(folder)))];
}

function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() === true;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function namesIn(folder: string | undefined): readonly string[] {
  try {
    return folder === undefined ? [] : readdirSync(folder);
  } catch {
    return [];
  }
}

/** The text of a file; nothing where Python could not read it either. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
