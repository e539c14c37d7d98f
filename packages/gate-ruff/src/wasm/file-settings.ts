import { readdir } from "node:fs/promises";
import { posix } from "node:path";
import { Breakage } from "@towpath/core";
import type { TomlTable } from "smol-toml";
import type { RuffCommand } from "../log.ts";
import { asTable, type ConfigFile, type ConfigFiles, configFiles } from "../config-files.ts";
import { type FileRules, fileRules, mergeFileRules } from "./file-rules.ts";
import { mergeSettings } from "./merge-settings.ts";
import { targetVersion } from "./target-version.ts";

/** How the embedded engine is to treat one file. */
export interface FileSettings {
  /** Whether the configuration takes the file out. */
  readonly excluded: boolean;
  /** Options of the engine's `Workspace`. */
  readonly options: TomlTable;
  /** Whether no configuration was found, so that ruff's defaults apply. */
  readonly unconfigured: boolean;
}

/** Folders that ruff leaves out unless `exclude` says otherwise. @see https://docs.astral.sh/ruff/settings/#exclude */
const DEFAULT_EXCLUDE = [
  ".bzr",
  ".direnv",
  ".eggs",
  ".git",
  ".git-rewrite",
  ".hg",
  ".ipynb_checkpoints",
  ".mypy_cache",
  ".nox",
  ".pants.d",
  ".pyenv",
  ".pytest_cache",
  ".pytype",
  ".ruff_cache",
  ".svn",
  ".tox",
  ".venv",
  ".vscode",
  "__pypackages__",
  "_build",
  "buck-out",
  "dist",
  "node_modules",
  "site-packages",
  "venv",
];

/** Settings about files, output and fixing: applied here, or without meaning for a single text. */
const NOT_FOR_ENGINE: ReadonlySet<string> = new Set([
  "extend",
  "include",
  "extend-include",
  "exclude",
  "extend-exclude",
  "per-file-ignores",
  "extend-per-file-ignores",
  "per-file-target-version",
  "src",
  "cache-dir",
  "output-format",
  "fix",
  "fix-only",
  "unsafe-fixes",
  "show-fixes",
  "force-exclude",
  "respect-gitignore",
  "extension",
  "analyze",
  "namespace-packages",
]);

/**
 * Resolves ruff's configuration for single files as the native program does: the nearest file counts, `extend` is
 * followed, `requires-python` gives the target version.
 * @param root absolute real path of the repository
 * @returns a function of command and file (relative to the root)
 * @throws {Breakage} tool-config, from the returned function
 */
export function fileSettings(root: string): (command: RuffCommand, file: string) => Promise<FileSettings> {
  const files = configFiles(root);
  const resolved = new Map<string, Promise<Resolved>>();
  return async (command, file) => {
    const path = posix.join(root, file);
    const config = (await files.nearest(posix.dirname(path))) ?? defaults(root);
    const pending = resolved.get(config.path) ?? resolve(files, root, config);
    resolved.set(config.path, pending);
    const { rules, settings } = await pending;
    return {
      excluded: isExcluded(rules, command, path, root),
      options: forFile(settings, rules, path),
      unconfigured: config.path === defaults(root).path,
    };
  };
}

interface Resolved {
  readonly settings: TomlTable;
  readonly rules: FileRules;
}

function defaults(root: string): ConfigFile {
  return { path: posix.join(root, "(defaults)"), settings: {}, requiresPython: undefined };
}

async function resolve(files: ConfigFiles, root: string, config: ConfigFile): Promise<Resolved> {
  const { settings, rules } = await resolveChain(files, root, config, [config.path]);
  const folder = posix.dirname(config.path);
  const fallback = settings["target-version"] === undefined ? await files.requiresPython(folder) : undefined;
  const target = fallback === undefined ? undefined : targetVersion(fallback);
  const firstParty = await firstPartyModules(settings, folder);
  const lint = asTable(settings["lint"]);
  const isort = asTable(lint["isort"]);
  const known = Array.isArray(isort["known-first-party"]) ? isort["known-first-party"] : [];
  return {
    rules,
    settings: {
      ...settings,
      ...(target === undefined ? {} : { "target-version": target }),
      // In preview the engine would otherwise report names, where the native program reports codes.
      "output-prefer-rule-codes": true,
      lint: { ...lint, isort: { ...isort, "known-first-party": [...known, ...firstParty] } },
    },
  };
}

async function resolveChain(
  files: ConfigFiles,
  root: string,
  config: ConfigFile,
  seen: readonly string[],
): Promise<Resolved> {
  const own = withTarget(config);
  const rules = fileRules(config);
  const extend = config.settings["extend"];
  if (extend === undefined) return { settings: own, rules };
  const path = posix.resolve(posix.dirname(config.path), String(extend));
  if (!path.startsWith(`${root}/`) || seen.includes(path)) {
    throw new Breakage("tool-config", {
      message: `ruff's configuration extends ${String(extend)}, which ${seen.includes(path) ? "extends it in turn" : "lies outside the repository"}`,
      where: [posix.relative(root, config.path)],
    });
  }
  const parent = await resolveChain(files, root, await files.read(path), [...seen, path]);
  return { settings: mergeSettings(parent.settings, own), rules: mergeFileRules(parent.rules, rules) };
}

function withTarget({ settings, requiresPython }: ConfigFile): TomlTable {
  const target = requiresPython === undefined ? undefined : targetVersion(requiresPython);
  return target === undefined ? settings : { "target-version": target, ...settings };
}

/** Modules that the native program would find in the folders of `src`. */
async function firstPartyModules(settings: TomlTable, folder: string): Promise<string[]> {
  const sources = Array.isArray(settings["src"]) ? settings["src"].map(String) : [".", "src"];
  const entries = await Promise.all(
    sources.map((source) => readdir(posix.resolve(folder, source), { withFileTypes: true }).catch(() => [])),
  );
  const modules = entries.flat().flatMap((entry) => {
    const name = entry.isDirectory() ? entry.name : /^(.*)\.pyi?$/.exec(entry.name)?.[1];
    return name !== undefined && /^\w+$/.test(name) ? [name] : [];
  });
  return [...new Set(modules)].toSorted();
}

function isExcluded(rules: FileRules, command: RuffCommand, path: string, root: string): boolean {
  const include = rules.include && [...rules.include, ...rules.extendInclude];
  if (include && !include.some((matches) => matches(path))) return true;
  const patterns = [
    ...(rules.exclude ??
      DEFAULT_EXCLUDE.map(
        (name) =>
          (at: string): boolean =>
            posix.basename(at) === name,
      )),
    ...rules.extendExclude,
    ...(command === "check" ? rules.lintExclude : rules.formatExclude),
  ];
  for (let at = path; at !== root; at = posix.dirname(at)) {
    if (patterns.some((matches) => matches(at))) return true;
  }
  return false;
}

function forFile(settings: TomlTable, rules: FileRules, path: string): TomlTable {
  const ignores = [...(rules.ignores ?? []), ...rules.extendIgnores].filter((entry) => entry.matches(path));
  const target = rules.targets.find((entry) => entry.matches(path))?.value;
  const { exclude: _lint, "extend-per-file-ignores": _extend, ...lint } = asTable(settings["lint"]);
  const { exclude: _format, ...format } = asTable(settings["format"]);
  return {
    ...Object.fromEntries(Object.entries(settings).filter(([key]) => !NOT_FOR_ENGINE.has(key))),
    ...(target === undefined ? {} : { "target-version": target }),
    // The engine's only path is `<filename>`, which `*` means.
    lint: { ...lint, "per-file-ignores": { "*": ignores.flatMap((entry) => entry.value) } },
    format,
  };
}
