import { readFile, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { searchPlaces } from "@towpath/core/config";
import { TowpathError } from "@towpath/core";
import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { configText } from "./init/config-text.ts";
import { detectComponents } from "./init/detect-components.ts";

/** `towpath init`: looks at the project and writes a configuration that `towpath check` can use at once. */
export async function init(options: GlobalOptions): Promise<number> {
  const { cwd } = options;
  for (const place of searchPlaces) {
    if (await holdsConfig(join(cwd, place))) throw existing(place);
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
  const file = "towpath.config.yaml";
  const path = join(cwd, file);
  await writeFile(path, configText(components), { flag: "wx" }).catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") throw existing(file);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TowpathError("TP6002", {
      message: `${file} cannot be written: ${reason}`,
      fix: ["Make the folder writable."],
      where: [path],
      cause,
    });
  });
  const shown = relative(process.cwd(), path) || path;
  if (printDocument(options.reporter, "init", { file: path, components })) return 0;
  const lines = cleanStrings(components).map(
    ({ name, source, tests }) =>
      `  ${name}: source ${source.join(", ")}; tests ${tests.length === 0 ? "none found" : tests.join(", ")}`,
  );
  process.stdout.write(`wrote ${shown}\n${lines.join("\n")}\nnext  towpath check\n`);
  return 0;
}

function existing(place: string): TowpathError {
  return new TowpathError("TP1007", { message: `${place} exists already`, where: [place] });
}

/** Whether a file is a configuration; `package.json` is one when it has settings of ours. */
async function holdsConfig(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined || basename(path) !== "package.json") return text !== undefined;
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === "object" && manifest !== null && "towpath" in manifest;
  } catch {
    // A broken package.json holds no settings.
    return false;
  }
}
