import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { GateContext } from "@towpath/core";
import { parseReport, runTool, type Tool } from "@towpath/kit";
import { z } from "zod";

const program = `
import importlib.metadata as metadata, json
found = {}
for name in ("pytest", "pytest-cov", "coverage"):
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
`;

/**
 * Versions of pytest, pytest-cov and coverage that an interpreter has, by distribution name. Read from the names in
 * the interpreter's own site-packages, which costs no process; only when pytest-cov is not there, perhaps because
 * the packages lie elsewhere (Debian, the user's site), the interpreter is asked.
 * @throws {Breakage} of `runTool` when the interpreter cannot be run
 */
export async function distributions(
  ctx: GateContext,
  python: Tool,
): Promise<Readonly<Record<string, string>>> {
  const listed = versionsIn(await sitePackages(python));
  if (listed["pytest"] !== undefined && listed["pytest-cov"] !== undefined) return listed;
  const asked = await runTool(ctx, python, ["-c", program]);
  return parseReport(z.record(z.string(), z.string()), asked.stdout, "the list of Python distributions");
}

/** Names of what is installed beside the interpreter; nothing where the layout is another. */
async function sitePackages(python: Tool): Promise<readonly string[]> {
  const prefix = dirname(dirname(python.command));
  const [major, minor] = python.info.version.split(".");
  for (const folder of [`lib/python${major}.${minor}/site-packages`, "Lib/site-packages"]) {
    const names = await readdir(join(prefix, folder)).catch(() => []);
    if (names.length > 0) return names;
  }
  return [];
}

/**
 * Versions from the names of metadata folders.
 * @example versionsIn(["pytest_cov-7.1.0.dist-info"]) // { "pytest-cov": "7.1.0" }
 */
export function versionsIn(names: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const match = /^(?<dist>[A-Za-z0-9._]+)-(?<version>[^-]+)\.(?:dist|egg)-info$/.exec(name)?.groups;
    if (match?.["dist"] === undefined || match["version"] === undefined) continue;
    found[match["dist"].toLowerCase().replaceAll(/[._]+/g, "-")] = match["version"];
  }
  return found;
}
