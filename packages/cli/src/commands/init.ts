import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { searchPlaces } from "@towpath/core/config";
import { stat } from "node:fs/promises";
import { TowpathError } from "@towpath/core";
import type { GlobalOptions } from "../global-options.ts";
import { configText } from "./init/config-text.ts";
import { detectComponents } from "./init/detect-components.ts";

/** `towpath init`: looks at the project and writes a configuration that `towpath check` can use at once. */
export async function init(options: GlobalOptions): Promise<number> {
  const { cwd } = options;
  for (const place of searchPlaces) {
    if (place === "package.json") continue;
    if (await exists(join(cwd, place)))
      throw new TowpathError("TP1007", { message: `${place} exists already`, where: [place] });
  }
  const components = await detectComponents(cwd);
  if (components.length === 0) {
    throw new TowpathError("TP1002", {
      message: `no Python package or module was found in ${cwd}`,
      fix: [
        "Run it in the folder that holds src/<package>, <package>/ or <module>.py.",
        "Or name a folder: towpath -C <folder> init",
      ],
    });
  }
  const path = join(cwd, "towpath.config.yaml");
  await writeFile(path, configText(components), { flag: "wx" });
  const shown = relative(process.cwd(), path) || path;
  if (options.reporter === "json") {
    process.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, kind: "init", file: path, components }, undefined, 2)}\n`,
    );
    return 0;
  }
  const lines = components.map(
    ({ name, source, tests }) =>
      `  ${name}: source ${source.join(", ")}; tests ${tests.length === 0 ? "none found" : tests.join(", ")}`,
  );
  process.stdout.write(`wrote ${shown}\n${lines.join("\n")}\nnext  towpath check\n`);
  return 0;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
