import { dirname, relative, sep } from "node:path";
import { Breakage } from "@towpath/core";
import type { LocatedDiagnostic } from "./ask.ts";
import { installHint } from "./install-hint.ts";
import { missingModules } from "./missing-modules.ts";
import type { SourceText } from "./source-text.ts";
import type { Subject } from "./subject.ts";

/** At most this many places are named. */
const maxPlaces = 20;

/**
 * Refuses an answer that is about the environment and not about the code: an import is unresolved as its dependency
 * is not installed. Imports that the team's configuration makes less than an error do not count.
 * @throws {Breakage} `environment`, naming the modules and how to install them
 */
export async function refuseMissing(
  { ctx, config, python, tool }: Subject,
  diagnostics: readonly LocatedDiagnostic[],
  sources: SourceText,
): Promise<void> {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const unresolved = await Promise.all(
    errors
      .filter(({ rule }) => rule === "reportMissingImports")
      .map(async ({ path, range }) => ({
        file: path,
        line: range.start.line + 1,
        module: (await sources.text(path, range)).replaceAll(/\s/g, ""),
      })),
  );
  const project = projectFolder(ctx.workspace.root, config);
  const missing = await missingModules(unresolved, {
    workspace: ctx.workspace,
    project,
    stdlib: tool.stdlib,
  });
  if (missing.length === 0) return;
  const modules = [...new Set(missing.map(({ module }) => module))].toSorted();
  const others = errors.length - missing.length;
  throw new Breakage("environment", {
    message: `${modules.length === 1 ? "a module is" : `${modules.length} modules are`} not installed: ${modules.join(", ")}`,
    why:
      `${python.command} (found by: ${python.info.via}) cannot import them, so pyright cannot know their types` +
      (others === 0 ? "." : `; besides, it reports ${others} errors.`),
    fix: [
      await installHint(ctx.workspace, project, python.command),
      "If a name is misspelt, correct the import.",
    ],
    where: missing.slice(0, maxPlaces).map(({ file, line }) => `${file}:${line}`),
  });
}

/** Folder of the configuration, relative to the root; "" is the root. */
function projectFolder(root: string, config: string | undefined): string {
  return config === undefined ? "" : relative(root, dirname(config)).split(sep).join("/");
}
