import { access } from "node:fs/promises";
import { dirname, join } from "node:path/posix";
import type { Workspace } from "@towpath/core";

/** An import that pyright could not resolve. */
export interface UnresolvedImport {
  /** The importing file, relative to the repository root. */
  readonly file: string;
  /** The module as it is written, e.g. `yaml`, `foo.bar` or `..gone`. */
  readonly module: string;
}

/**
 * Which of the imports only an installation can mend: absolute ones whose first name is neither a module or package
 * of this tree, where pyright looks for it, nor of Python's standard library. All others are errors in the code: a
 * relative import, `own.gone`, `os.gone`.
 * @param options.project folder with the configuration in force, relative to the root; "" is the root
 * @param options.stdlib absolute path of the standard library's stubs
 */
export async function missingModules<T extends UnresolvedImport>(
  imports: readonly T[],
  options: { readonly workspace: Workspace; readonly project: string; readonly stdlib: string },
): Promise<readonly T[]> {
  const absolute = imports.filter(({ module }) => /^[\p{L}_]/u.test(module));
  if (absolute.length === 0) return [];
  const places = new Map(absolute.map((one) => [one, placesOf(one, options.project)]));
  const wanted = [...new Set([...places.values()].flat())].flatMap((place) => [
    place,
    `${place}.py`,
    `${place}.pyi`,
  ]);
  const { files } = await options.workspace.list(wanted);
  const provided = new Set(files.filter((file) => /\.pyi?$/.test(file)).flatMap(modulesOf));
  const missing: T[] = [];
  for (const [one, candidates] of places) {
    const ours = candidates.some((place) => provided.has(place));
    if (!ours && !(await inStdlib(options.stdlib, firstName(one.module)))) missing.push(one);
  }
  return missing;
}

/** Where pyright looks for the first name: beside the importing file and above it, in the project and in its `src`. */
function placesOf({ file, module }: UnresolvedImport, project: string): readonly string[] {
  const folders = [project, join(project, "src")];
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    folders.push(folder === "." ? "" : folder);
    if (folder === ".") break;
  }
  return folders.map((folder) => join(folder, firstName(module)));
}

/** A file proves itself and each folder above it as modules: packages need no `__init__.py`. */
function modulesOf(file: string): readonly string[] {
  const modules = [file.replace(/\.pyi?$/, "")];
  for (let folder = dirname(file); folder !== "."; folder = dirname(folder)) modules.push(folder);
  return modules;
}

function firstName(module: string): string {
  return module.split(".", 1)[0] ?? module;
}

async function inStdlib(stdlib: string, name: string): Promise<boolean> {
  for (const path of [join(stdlib, name), join(stdlib, `${name}.pyi`)]) {
    try {
      await access(path);
      return true;
    } catch {
      // Not there: look at the next.
    }
  }
  return false;
}
