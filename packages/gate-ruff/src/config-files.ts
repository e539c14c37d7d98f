import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import { Breakage } from "@towpath/core";
import { parse, type TomlTable, type TomlValue } from "smol-toml";

/** One file with settings of ruff. */
export interface ConfigFile {
  /** Absolute path. */
  readonly path: string;
  /** Ruff's table: the whole file, or `[tool.ruff]`. */
  readonly settings: TomlTable;
  /** `project.requires-python` of the same file. */
  readonly requiresPython: string | undefined;
}

/** Looks for ruff's configuration inside one repository; reads each file once. */
export interface ConfigFiles {
  /** The configuration for files of a folder: in it, or in the nearest folder above. */
  nearest(folder: string): Promise<ConfigFile | undefined>;
  /** `requires-python` of the nearest `pyproject.toml` in or above a folder. */
  requiresPython(folder: string): Promise<string | undefined>;
  /** @throws {Breakage} tool-config, when the file is missing or not valid */
  read(path: string): Promise<ConfigFile>;
}

/** Names of the files that configure ruff, in the order in which it prefers them. */
export const configNames: readonly string[] = [".ruff.toml", "ruff.toml", "pyproject.toml"];

/**
 * Finds ruff's configuration as ruff does, except that it never looks above the repository root.
 * @param root absolute real path of the repository
 */
export function configFiles(root: string): ConfigFiles {
  const parsed = new Map<string, Promise<Parsed | undefined>>();
  const load = (path: string): Promise<Parsed | undefined> => {
    const known = parsed.get(path) ?? parseFile(path, posix.relative(root, path));
    parsed.set(path, known);
    return known;
  };

  function* upwards(folder: string): Generator<string> {
    for (let at = folder; ; at = posix.dirname(at)) {
      yield at;
      if (at === root || at === posix.dirname(at)) return;
    }
  }

  return {
    async nearest(folder) {
      for (const at of upwards(folder)) {
        for (const name of configNames) {
          const config = (await load(posix.join(at, name)))?.config;
          if (config) return config;
        }
      }
      return undefined;
    },
    async requiresPython(folder) {
      for (const at of upwards(folder)) {
        const requires = (await load(posix.join(at, "pyproject.toml")))?.requiresPython;
        if (requires !== undefined) return requires;
      }
      return undefined;
    },
    async read(path) {
      const config = (await load(path))?.config;
      if (config) return config;
      throw new Breakage("tool-config", {
        message: `ruff's configuration extends ${posix.relative(root, path)}, which has no settings of ruff`,
      });
    },
  };
}

interface Parsed {
  readonly config: ConfigFile | undefined;
  readonly requiresPython: string | undefined;
}

async function parseFile(path: string, name: string): Promise<Parsed | undefined> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
    throw new Breakage("tool-config", {
      message: `ruff's configuration ${name} cannot be read`,
      why: cause.message,
      cause,
    });
  });
  if (text === undefined) return undefined;
  const table = parseToml(name, text);
  if (posix.basename(path) !== "pyproject.toml") {
    return { config: { path, settings: table, requiresPython: undefined }, requiresPython: undefined };
  }
  const requires = asTable(table["project"])["requires-python"];
  const requiresPython = typeof requires === "string" ? requires : undefined;
  const settings = asTable(table["tool"])["ruff"];
  return {
    config: isTable(settings) ? { path, settings, requiresPython } : undefined,
    requiresPython,
  };
}

function parseToml(name: string, text: string): TomlTable {
  try {
    return parse(text);
  } catch (cause) {
    throw new Breakage("tool-config", {
      message: `${name} is not valid TOML`,
      why: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

/** Whether a value of a TOML file is a table. */
export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
}

/** The value if it is a table, else an empty one. */
export function asTable(value: TomlValue | undefined): TomlTable {
  return isTable(value) ? value : {};
}
