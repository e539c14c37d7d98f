import { realpathSync } from "node:fs";
import { Breakage, type GateContext, type ToolInfo, type ToolRequest } from "@towpath/core";
import { isRunnable } from "./program.ts";
import { isInTree, placeOfWish, placesOf, pythonPlaces, wishFor, type ToolPlace } from "./tool-places.ts";
import { versionAt, type VersionRequest } from "./tool-version.ts";
import { describeRange, isInRange } from "./version.ts";

/** A tool that was found, with its version. */
export interface Tool {
  /** Absolute path of the program. */
  readonly command: string;
  /** What comes before the tool's own arguments, e.g. `["-m", "pytest"]`. */
  readonly args: readonly string[];
  readonly info: ToolInfo;
}

/**
 * Finds a tool and its version. The first of these that has it wins: the option `command`, the variable
 * `TOWPATH_<TOOL>`, the component's interpreter, the active environment, the nearest `.venv` or `venv`, the project's
 * package manager, PATH. Nothing is ever installed, and `npx` is never asked. In untrusted mode tools that lie in the
 * checked tree, that run what lies there, or that only the configuration names, are passed over.
 * @throws {Breakage} `tool-missing`; `untrusted` when only the tree has it; `tool-version` when the version is out of
 *   range; `tool-crash` when it cannot even say its version
 * @example const ruff = await findTool(ctx, { name: "ruff", install: "pip install ruff", versions: { min: "0.15" } });
 */
export async function findTool(ctx: GateContext, request: ToolRequest): Promise<Tool> {
  const { name, module, versionArgs = ["--version"], install, versions = {} } = request;
  const wish = wishFor(ctx, name, request.command);
  const wished = wish && placeOfWish(ctx, wish);
  if (wish && !wished) {
    const message = `${name} was not found: ${wish.by} says ${wish.command}`;
    throw new Breakage("tool-missing", { message, fix: [`Correct or remove ${wish.by}.`, install] });
  }
  const places = wished
    ? [wished, ...(ctx.trusted ? [] : placesOf(ctx, name, module))]
    : placesOf(ctx, name, module);
  const tool = await firstTool(ctx, places, { name, module, versionArgs }, install);
  const { version } = tool.info;
  if (isInRange(version, versions)) return tool;
  throw new Breakage("tool-version", {
    message: `${name} ${version} is not supported: ${describeRange(versions)} is`,
    where: [tool.command],
    fix: [install],
  });
}

/**
 * Finds the Python that runs the component: the one that the configuration names, that of the active environment, of
 * the nearest `.venv` or `venv`, `python3` on PATH.
 * @returns a tool whose `info.version` is e.g. `3.11.7`
 * @throws {Breakage} `tool-missing`, also when the configured one cannot be run; `untrusted` when only the checked
 *   tree has one
 */
export async function findPython(ctx: GateContext): Promise<Tool> {
  const { python } = ctx.component;
  const install = "Install Python, or make a virtual environment: python3 -m venv .venv";
  if (python !== undefined && !isRunnable(python)) {
    const message = `${python}, the Python of the component ${ctx.component.name}, cannot be run`;
    throw new Breakage("tool-missing", { message, fix: ["Correct `python` of the component.", install] });
  }
  const request = { name: "python", versionArgs: ["--version"] };
  return firstTool(ctx, pythonPlaces(ctx), request, install);
}

async function firstTool(
  ctx: GateContext,
  places: Iterable<ToolPlace>,
  request: VersionRequest,
  install: string,
): Promise<Tool> {
  const refused: string[] = [];
  for (const place of places) {
    if (!ctx.trusted && isAuthors(ctx, place)) {
      refused.push(place.command);
      continue;
    }
    const version = await versionAt(ctx, place, request);
    if (version === undefined) continue;
    const { command, args, via } = place;
    return { command, args, info: { name: request.name, version, path: command, via } };
  }
  if (refused.length > 0) {
    throw new Breakage("untrusted", {
      message: `${request.name} was found only inside the checked tree or by its configuration, which are not trusted here`,
      where: refused,
      fix: [`Install it outside the tree: ${install}`],
    });
  }
  throw new Breakage("tool-missing", {
    message: `${request.name} was not found`,
    fix: [install, "towpath doctor"],
  });
}

/** Whether running a place would run what the author of the checked tree wrote, or whatever program they named. */
function isAuthors(ctx: GateContext, { command, args, via }: ToolPlace): boolean {
  // The configuration is the author's: as "ruff" it could name a shell, which would run the file `check` of the tree.
  if (via === "option" || via === "component") return true;
  // `python -m` looks for the module in the working directory first; runners use the tree's environment.
  return args.length > 0 || isInTree(ctx, command, realpathSync.native(command));
}
