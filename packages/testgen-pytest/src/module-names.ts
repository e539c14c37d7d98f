import { existsSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { Breakage, type GateContext } from "@towpath/core";

/** A name under which source may be imported, and from where. */
export interface ModuleName {
  /** Dotted. */
  readonly name: string;
  /** The folder that must be on Python's path, relative to the repository root. */
  readonly root: string;
}

const identifier = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/**
 * The names under which each path of a component's source may be imported, the likeliest first. Above the topmost package
 * (the folders with an `__init__.py`), and above what lies in `src` or `lib`, is what stands on Python's path; whoever
 * imports `src.shelf` is understood as well.
 * @param root absolute path of the repository
 * @param source as declared; it need not exist
 * @example moduleNames(root, ["src/shelf"]) // [[{ name: "shelf", root: "src" }, { name: "src.shelf", root: "." }]]
 */
export function moduleNames(root: string, source: readonly string[]): readonly (readonly ModuleName[])[] {
  return source
    .flatMap((path) => packagesAt(root, path))
    .flatMap((path) => {
      const parts = posix
        .normalize(path)
        .replace(/\.py$/, "")
        .split("/")
        .filter((part) => part !== "" && part !== ".");
      if (parts.at(-1) === "__init__") parts.pop();
      const names = starts(root, parts).flatMap((from) =>
        parts.slice(from).every((part) => identifier.test(part))
          ? [{ name: parts.slice(from).join("."), root: parts.slice(0, from).join("/") || "." }]
          : [],
      );
      return names.length === 0 ? [] : [names];
    });
}

/**
 * All names under which a component may be imported.
 * @throws {Breakage} `no-input` when no source path can be the name of a Python module
 */
export function importableNames({ component, workspace }: GateContext): readonly string[] {
  const names = moduleNames(workspace.root, component.source).flat();
  if (names.length > 0) return names.map(({ name }) => name);
  throw new Breakage("no-input", {
    message: `no source path of the component ${component.name} can be the name of a Python module`,
    where: component.source,
  });
}

/** A folder that stands on Python's path, such as `src`, is no package; those in it are. */
function packagesAt(root: string, path: string): readonly string[] {
  const place = join(root, path);
  const name = posix.basename(posix.normalize(path).replace(/\/$/, ""));
  if (!["src", "lib", "."].includes(name) || !existsSync(place) || existsSync(join(place, "__init__.py"))) {
    return [path];
  }
  const inside = readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const isModule =
      entry.isFile() && entry.name.endsWith(".py") && !/^(?:setup|conftest|test_.*)\.py$/.test(entry.name);
    const isPackage = entry.isDirectory() && existsSync(join(place, entry.name, "__init__.py"));
    return isModule || isPackage ? [posix.join(path, entry.name)] : [];
  });
  return inside.length === 0 ? [path] : inside.toSorted();
}

/** Where in a path the importable name may begin, the likeliest first. */
function starts(root: string, parts: readonly string[]): readonly number[] {
  const last = parts.length - 1;
  if (last < 0) return [];
  let top = last;
  while (top > 0 && existsSync(join(root, ...parts.slice(0, top), "__init__.py"))) top -= 1;
  const base = Math.max(parts.lastIndexOf("src"), parts.lastIndexOf("lib"));
  const afterBase = base >= 0 && base < last ? base + 1 : 0;
  return [...new Set([top === last ? afterBase : Math.max(top, afterBase), afterBase, top, 0])];
}
