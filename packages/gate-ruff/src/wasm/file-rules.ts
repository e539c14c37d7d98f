import { posix } from "node:path";
import { Breakage } from "@towpath/core";
import type { TomlTable, TomlValue } from "smol-toml";
import { asTable, type ConfigFile } from "../config-files.ts";
import { compilePattern, type PathMatcher } from "./globs.ts";

/** The settings that depend on a file's path. The embedded engine knows no paths, so they are applied outside of it. */
export interface FileRules {
  readonly include: readonly PathMatcher[] | undefined;
  readonly extendInclude: readonly PathMatcher[];
  readonly exclude: readonly PathMatcher[] | undefined;
  readonly extendExclude: readonly PathMatcher[];
  readonly lintExclude: readonly PathMatcher[];
  readonly formatExclude: readonly PathMatcher[];
  readonly ignores: readonly PerFile<readonly string[]>[] | undefined;
  readonly extendIgnores: readonly PerFile<readonly string[]>[];
  readonly targets: readonly PerFile<string>[];
}

/** A value for the files that a pattern means. */
export interface PerFile<T> {
  readonly matches: PathMatcher;
  readonly value: T;
}

/** Reads the settings of one configuration file that depend on paths; its patterns are relative to its folder. */
export function fileRules({ path, settings }: ConfigFile): FileRules {
  const folder = posix.dirname(path);
  const lint = asTable(settings["lint"]);
  const patterns = (table: TomlTable, key: string): PathMatcher[] | undefined =>
    table[key] === undefined
      ? undefined
      : strings(table[key], key).map((pattern) => compilePattern(pattern, folder));
  const ignores = (key: string): PerFile<string[]>[] | undefined => {
    const value = lint[key] ?? settings[key];
    return value === undefined
      ? undefined
      : perFile(value, folder).map((entry) => ({ ...entry, value: strings(entry.value, key) }));
  };
  return {
    include: patterns(settings, "include"),
    extendInclude: patterns(settings, "extend-include") ?? [],
    exclude: patterns(settings, "exclude"),
    extendExclude: patterns(settings, "extend-exclude") ?? [],
    lintExclude: patterns(lint, "exclude") ?? [],
    formatExclude: patterns(asTable(settings["format"]), "exclude") ?? [],
    ignores: ignores("per-file-ignores"),
    extendIgnores: ignores("extend-per-file-ignores") ?? [],
    targets: perFile(settings["per-file-target-version"], folder).map((entry) => ({
      ...entry,
      value: strings([entry.value], "per-file-target-version")[0] ?? "",
    })),
  };
}

/** Lays the rules of a configuration over those that it extends. */
export function mergeFileRules(parent: FileRules, child: FileRules): FileRules {
  return {
    include: child.include ?? parent.include,
    extendInclude: [...parent.extendInclude, ...child.extendInclude],
    exclude: child.exclude ?? parent.exclude,
    extendExclude: [...parent.extendExclude, ...child.extendExclude],
    lintExclude: child.lintExclude.length > 0 ? child.lintExclude : parent.lintExclude,
    formatExclude: child.formatExclude.length > 0 ? child.formatExclude : parent.formatExclude,
    ignores: child.ignores ?? parent.ignores,
    extendIgnores: [...parent.extendIgnores, ...child.extendIgnores],
    targets: child.targets.length > 0 ? child.targets : parent.targets,
  };
}

function perFile(value: TomlValue | undefined, folder: string): PerFile<TomlValue>[] {
  return Object.entries(asTable(value)).map(([pattern, entry]) => {
    const negated = pattern.startsWith("!");
    const matches = compilePattern(negated ? pattern.slice(1) : pattern, folder);
    return { matches: negated ? (path): boolean => !matches(path) : matches, value: entry };
  });
}

function strings(value: TomlValue | undefined, key: string): string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
  throw new Breakage("tool-config", {
    message: `\`${key}\` of ruff's configuration is not a list of strings`,
  });
}
