import { basename } from "node:path/posix";
import type { Figure } from "@towpath/core";
import { isTowpathError } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { figureOfKey } from "../../figures/key-figure.ts";
import { failUnder } from "./fail-under.ts";
import { yamlLeaves, type Leaf } from "./yaml-leaves.ts";

/** What a file of settings sets, or why nobody can tell. */
export type Settings = { readonly figures: readonly Figure[] } | { readonly because: string };

interface Kind {
  readonly names: readonly string[];
  /** Whether it counts anywhere, or only at the root and above the component's source. */
  readonly anywhere: boolean;
  read(text: string, file: string): Settings;
}

/** Files that set figures. Another one is a new entry. */
const kinds: readonly Kind[] = [
  {
    names: ["towpath.config.yaml", "towpath.config.yml", "towpath.config.json"],
    anywhere: false,
    read: (text, file) => yaml(text, file, pluginFigure),
  },
  {
    names: ["workflow_config.yaml", "workflow_config.yml"],
    anywhere: true,
    read: (text, file) => yaml(text, file, anyFigure),
  },
  {
    names: ["apm.yml", "apm.yaml"],
    anywhere: false,
    read: (text, file) =>
      yaml(text, file, (leaf) => (leaf.path[0] === "quality_gates" ? anyFigure(leaf) : undefined)),
  },
  {
    names: ["codecov.yml", "codecov.yaml", ".codecov.yml", ".codecov.yaml"],
    anywhere: false,
    read: (text, file) => yaml(text, file, codecovFigure),
  },
  { names: ["pyproject.toml"], anywhere: false, read: pyproject },
];

/** Base names of the files that set figures. */
export const settingsNames: readonly string[] = kinds.flatMap(({ names }) => names);

/**
 * The files of a listing that set figures for a component.
 * @param above the folders that hold its source, up to and with the root, which is empty
 */
export function settingsAmong(files: readonly string[], above: ReadonlySet<string>): readonly string[] {
  return files.filter((file) => {
    const kind = kindOf(file);
    return kind !== undefined && (kind.anywhere || above.has(folderOf(file)));
  });
}

/** Reads the figures of such a file. */
export function readSettings(text: string, file: string): Settings {
  return kindOf(file)?.read(text, file) ?? { figures: [] };
}

type Found = Omit<Figure, "at"> | undefined;

function kindOf(file: string): Kind | undefined {
  const name = basename(file);
  return kinds.find(({ names }) => names.includes(name));
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "";
}

function yaml(text: string, file: string, figureFor: (leaf: Leaf) => Found): Settings {
  try {
    const figures = yamlLeaves(text, file).flatMap((leaf): readonly Figure[] => {
      const found = figureFor(leaf);
      return found === undefined
        ? []
        : [{ ...found, at: { file, line: leaf.line, column: leaf.column, endColumn: leaf.column + 1 } }];
    });
    return { figures };
  } catch (error) {
    if (isTowpathError(error)) return { because: excerpt(error.message, 200) };
    throw error;
  }
}

function anyFigure({ path, value }: Leaf): Found {
  return figureOfKey(path, value, `${path.at(-1)}: ${value}`);
}

/** Only the target of the whole project; `threshold` is by how much it may fall. */
function codecovFigure({ path, value }: Leaf): Found {
  if (path.join(".") !== "coverage.status.project.default.target") return undefined;
  return figureOfKey(["coverage", "target"], value, `target: ${value}%`);
}

/** The coverage that Towpath's own gate is configured with: `- [gate-coverage, { coverage: { staging: 70 } }]`. */
function pluginFigure({ path, value }: Leaf): Found {
  const [plugins, option, stage = ""] = path;
  if (plugins !== "plugins" || path.length !== 3) return undefined;
  if (option === "coverage") return figureOfKey(["coverage", stage], value, `${stage}: ${value}`);
  if (option === "integrationCoverage")
    return figureOfKey(["integration coverage", stage], value, `${stage}: ${value}`);
  return undefined;
}

function pyproject(text: string, file: string): Settings {
  const found = failUnder(text);
  if (found === "unreadable") return { because: "its fail_under is written in a way that is not read" };
  if (found === "absent") return { figures: [] };
  const figure = figureOfKey(["coverage", "fail_under"], found.value, `fail_under = ${found.value}`);
  const at = { file, line: found.line, column: 1, endColumn: 1 };
  return { figures: figure === undefined ? [] : [{ ...figure, at }] };
}
