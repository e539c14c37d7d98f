import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { GateContext } from "@towpath/core";
import { isInside } from "./inside.ts";
import { hasDeadShebang, isRunnable, locate, locateAll } from "./program.ts";

/** A place where a tool may be, with the argv that runs it from there. */
export interface ToolPlace {
  readonly command: string;
  readonly args: readonly string[];
  /** Which step of the look-up named it. */
  readonly via: string;
  /** The virtual environment that holds it. */
  readonly venv?: string;
}

/** A wish for a certain program, by an option or a variable. */
export interface ToolWish {
  readonly via: "option" | "environment";
  /** What says so, for messages. */
  readonly by: string;
  readonly command: string;
}

/** A program that runs a tool inside the project's environment. */
interface Runner {
  readonly program: string;
  readonly args: readonly string[];
  /** Files that must stand beside each other: without its environment a runner would make one. */
  readonly marks: readonly string[];
}

const runners: readonly Runner[] = [
  { program: "uv", args: ["run", "--no-sync", "--frozen"], marks: ["uv.lock", ".venv"] },
  { program: "poetry", args: ["run"], marks: ["poetry.lock"] },
  { program: "pdm", args: ["run"], marks: ["pdm.lock", ".pdm-python"] },
];

const venvNames = [".venv", "venv"];
const pixiEnvironment = join(".pixi", "envs", "default");
const binFolder = process.platform === "win32" ? "Scripts" : "bin";
const suffix = process.platform === "win32" ? ".exe" : "";

/** The program that the gate's option `command` or the variable `TOWPATH_<TOOL>` asks for, if one does. */
export function wishFor(ctx: GateContext, name: string, command: string | undefined): ToolWish | undefined {
  if (command !== undefined) return { via: "option", by: "the option `command`", command };
  const variable = `TOWPATH_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
  const wanted = ctx.env[variable];
  return wanted ? { via: "environment", by: variable, command: wanted } : undefined;
}

/** Where a wish leads: an absolute path, a path relative to the repository, or a bare name on PATH. */
export function placeOfWish(ctx: GateContext, { via, command }: ToolWish): ToolPlace | undefined {
  const absolute =
    isAbsolute(command) || /[\\/]/.test(command) ? resolve(ctx.workspace.root, command) : command;
  const located = locate(absolute, ctx.env["PATH"]);
  return "path" in located ? { command: located.path, args: [], via } : undefined;
}

/**
 * Where a tool may be when nobody asks for a certain one, the best place first: the component's interpreter, the
 * active environment, the nearest virtual environment, the project's package manager, PATH.
 * @param module Python module that stands in for a script whose interpreter is gone
 */
export function* placesOf(ctx: GateContext, name: string, module: string | undefined): Generator<ToolPlace> {
  const { python } = ctx.component;
  if (python !== undefined) yield* besidePython(python, name, module);
  for (const { folder, via } of environments(ctx)) yield* inEnvironment(folder, via, name, module);
  for (const { program, args, marks } of runners) {
    const located = locate(program, ctx.env["PATH"]);
    if ("path" in located && ascend(ctx, (folder) => hasAll(folder, marks)) !== undefined) {
      yield { command: located.path, args: [...args, name], via: program };
    }
  }
  for (const command of locateAll(name, ctx.env["PATH"])) yield { command, args: [], via: "path" };
}

/** Where a Python interpreter may be, the best place first. */
export function* pythonPlaces(ctx: GateContext): Generator<ToolPlace> {
  const { python } = ctx.component;
  if (python !== undefined) yield { command: python, args: [], via: "component" };
  for (const { folder, via } of environments(ctx)) {
    const command = pythonOf(folder);
    if (command !== undefined) yield { command, args: [], via, venv: folder };
  }
  for (const name of ["python3", "python"]) {
    for (const command of locateAll(name, ctx.env["PATH"])) yield { command, args: [], via: "path" };
  }
}

/** Whether a place lies in the checked tree, by its name or by where its links lead. */
export function isInTree(ctx: GateContext, path: string, real: string): boolean {
  return isInside(ctx.workspace.root, path) || isInside(ctx.workspace.root, real);
}

/** Environments: the active ones, then the nearest of the tree. */
function* environments(ctx: GateContext): Generator<{ folder: string; via: string }> {
  for (const variable of ["VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT"]) {
    const folder = ctx.env[variable];
    if (folder) yield { folder: resolve(ctx.workspace.root, folder), via: "environment" };
  }
  const near = ascend(ctx, (folder) => venvNames.some((name) => existsSync(join(folder, name))));
  const venv = near && venvNames.map((name) => join(near, name)).find((path) => existsSync(path));
  if (venv !== undefined) yield { folder: venv, via: "venv" };
  const pixi = ascend(ctx, (folder) => hasAll(folder, ["pixi.lock", pixiEnvironment]));
  if (pixi !== undefined) yield { folder: join(pixi, pixiEnvironment), via: "pixi" };
}

/** The first folder that fits, from a source path of the component up to the root. */
function ascend(ctx: GateContext, fits: (folder: string) => boolean): string | undefined {
  const { root } = ctx.workspace;
  for (const source of ctx.component.source) {
    for (let folder = resolve(root, source); isInside(root, folder); folder = dirname(folder)) {
      if (fits(folder)) return folder;
      if (folder === root) break;
    }
  }
  return undefined;
}

function hasAll(folder: string, names: readonly string[]): boolean {
  return names.every((name) => existsSync(join(folder, name)));
}

function* besidePython(python: string, name: string, module: string | undefined): Generator<ToolPlace> {
  if (!isRunnable(python)) return;
  const script = join(dirname(python), name + suffix);
  const venv = dirname(dirname(python));
  if (isRunnable(script) && !hasDeadShebang(script))
    yield { command: script, args: [], via: "component", venv };
  else if (module !== undefined) yield { command: python, args: ["-m", module], via: "component", venv };
}

function* inEnvironment(
  folder: string,
  via: string,
  name: string,
  module: string | undefined,
): Generator<ToolPlace> {
  const script = join(folder, binFolder, name + suffix);
  if (!isRunnable(script)) return;
  const python = pythonOf(folder);
  if (!hasDeadShebang(script)) yield { command: script, args: [], via, venv: folder };
  else if (module !== undefined && python !== undefined) {
    yield { command: python, args: ["-m", module], via, venv: folder };
  }
}

function pythonOf(venv: string): string | undefined {
  const names = process.platform === "win32" ? ["python"] : ["python", "python3"];
  return names.map((name) => join(venv, binFolder, name + suffix)).find(isRunnable);
}
