import { readFile, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Breakage, type GateContext } from "@towpath/core";
import { parseReport, type Tool } from "@towpath/kit";
import { z } from "zod";

/** The oldest pyright whose treatment of files, configuration and exit codes was tried. */
const oldest = "1.1.380";

const packageJson = z.looseObject({ version: z.string() });

/** Pyright as a Node script. */
export interface PyrightTool extends Tool {
  /** Folder of the stubs of Python's standard library that come with it. */
  readonly stdlib: string;
}

/**
 * Finds pyright: the team's npm package in the repository's `node_modules`, before the one that comes with this plugin.
 * A tree that is not trusted is not asked: its `node_modules` would be the author's program.
 * @throws {Breakage} `tool-missing`, or `tool-version` when it is older than 1.1.380
 */
export async function findPyright(ctx: GateContext): Promise<PyrightTool> {
  const team = ctx.trusted ? await ofTeam(ctx.workspace.root) : undefined;
  const manifest = team ?? own();
  if (manifest === undefined) {
    throw new Breakage("tool-missing", { message: "pyright was not found", fix: ["npm install -D pyright"] });
  }
  const { version } = parseReport(packageJson, await readFile(manifest, "utf8"), manifest);
  if (isOlder(version, oldest)) {
    throw new Breakage("tool-version", {
      message: `pyright ${version} is older than ${oldest}`,
      where: [manifest],
      fix: ["npm install -D pyright@latest"],
    });
  }
  const folder = dirname(manifest);
  const script = join(folder, "index.js");
  return {
    command: process.execPath,
    args: [script],
    info: { name: "pyright", version, path: script, via: team === undefined ? "embedded" : "project" },
    stdlib: join(folder, "dist", "typeshed-fallback", "stdlib"),
  };
}

/** The manifests that say which pyright there is, the first that exists counts; absolute paths. */
export function manifestPlaces({ trusted, workspace }: GateContext): readonly string[] {
  const embedded = own();
  return [...(trusted ? [teamManifest(workspace.root)] : []), ...(embedded === undefined ? [] : [embedded])];
}

function teamManifest(root: string): string {
  return join(root, "node_modules", "pyright", "package.json");
}

/** Node's own look-up would go on above the repository and to `NODE_PATH`: not what the team declared. */
async function ofTeam(root: string): Promise<string | undefined> {
  try {
    return await realpath(teamManifest(root));
  } catch {
    return undefined;
  }
}

function own(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("pyright/package.json");
  } catch {
    return undefined;
  }
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, "en", { numeric: true }) < 0;
}
