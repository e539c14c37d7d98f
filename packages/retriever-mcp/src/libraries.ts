import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GateContext } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";

/** A library of others that a component declares and imports. */
export interface Library {
  /** As it is declared: `scikit-learn`. */
  readonly name: string;
  /** Names that the component takes from it, sorted. */
  readonly imported: readonly string[];
}

const mostBytes = 1024 * 1024;
const mostFiles = 2_000;
/** Names under which libraries are imported, where they are others than the libraries' own. */
const importNames: Readonly<Record<string, string>> = {
  attr: "attrs",
  bs4: "beautifulsoup4",
  cv2: "opencv-python",
  dateutil: "python-dateutil",
  dotenv: "python-dotenv",
  google: "google-api-python-client",
  jwt: "pyjwt",
  PIL: "pillow",
  sklearn: "scikit-learn",
  yaml: "pyyaml",
};

/**
 * The libraries that the nearest `pyproject.toml` or `requirements*.txt` declare and the component imports. What is
 * installed from a path or an address, and what the repository itself holds, is not among them: its name may be nobody
 * else's business.
 * @throws what the workspace throws
 */
export async function librariesOf({ workspace, component }: GateContext): Promise<readonly Library[]> {
  const { files } = await workspace.list(["."]);
  const source = component.source.map((path) => toRepoPath(workspace.root, path));
  const own = files.filter((file) => file.endsWith(".py") && source.some((path) => isBelow(file, path)));
  const above = new Set(source.flatMap(foldersAbove));
  const read = (file: string): string => textOf(join(workspace.root, file));
  const near = files.filter((file) => above.has(dirname(file)));
  const declared = new Map(
    near
      .flatMap((file) => {
        if (/(?:^|\/)requirements[\w.-]*\.txt$/.test(file)) return requirementsIn(read(file).split("\n"));
        return /(?:^|\/)pyproject\.toml$/.test(file) ? declaredIn(read(file)) : [];
      })
      .map((name) => [normalise(name), name]),
  );
  const projects = near.filter((file) => /(?:^|\/)pyproject\.toml$/.test(file));
  for (const name of projects.flatMap((file) => elsewhereIn(read(file)))) declared.delete(normalise(name));
  const here = new Set(
    files
      .flatMap((file) => /(?:^|\/)([A-Za-z_]\w*)(?:\/__init__)?\.py$/.exec(file)?.[1] ?? [])
      .map(normalise),
  );
  const imports = new Map<string, Set<string>>();
  for (const file of own.slice(0, mostFiles)) {
    for (const [module, names] of importsIn(read(file))) {
      const key = normalise(importNames[module] ?? module);
      if (!declared.has(key) || here.has(normalise(module))) continue;
      imports.set(key, new Set([...(imports.get(key) ?? []), ...names]));
    }
  }
  return [...imports]
    .map(([key, names]) => ({ name: declared.get(key) ?? key, imported: [...names].toSorted() }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function isBelow(path: string, folder: string): boolean {
  return folder === "." || path === folder || path.startsWith(`${folder}/`);
}

/** The folder and all above it, up to the root, which is `.`. */
function foldersAbove(path: string): readonly string[] {
  return path === "." ? ["."] : [path, ...foldersAbove(dirname(path))];
}

/** Names are the same with `-`, `_` and `.`, in either case. */
function normalise(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** The names in lines such as `httpx[http2] >= 0.27 ; python_version > "3.9"`; not those with an address or a path. */
function requirementsIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    if (/@|:\/\/|^\s*[-./#]/.test(line)) return [];
    return /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:[[(<>=!~;#,]|$)/.exec(line)?.[1] ?? [];
  });
}

/** The dependencies that a `pyproject.toml` declares, as far as they are written in the usual way. */
function declaredIn(text: string): readonly string[] {
  const names: string[] = [];
  let table = "";
  let inList = false;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[+([^\]]+)\]+\s*(?:#.*)?$/.exec(line)?.[1];
    if (header !== undefined && !inList) {
      table = header.trim();
      continue;
    }
    if (table === "tool.poetry.dependencies") {
      const [, name, value = ""] = /^\s*"?([A-Za-z0-9][\w.-]*)"?\s*=\s*(.*)$/.exec(line) ?? [];
      if (name !== undefined && name !== "python" && !/\b(?:path|git|url|file|source)\s*=/.test(value))
        names.push(name);
      continue;
    }
    const opens = table === "project" ? /^\s*dependencies\s*=\s*\[(.*)$/.exec(line)?.[1] : undefined;
    const rest: string | undefined = opens ?? (inList ? line : undefined);
    if (rest === undefined) continue;
    const quoted = Array.from(
      rest.matchAll(/"([^"]*)"|'([^']*)'/g),
      ([, double, single]) => double ?? single ?? "",
    );
    names.push(...requirementsIn(quoted));
    inList = !/\]\s*,?\s*(?:#.*)?$/.test(rest.replaceAll(/"[^"]*"|'[^']*'/g, ""));
  }
  return names;
}

/** The dependencies for which a `pyproject.toml` of uv names a source: a path, an address, an index of the house. */
function elsewhereIn(text: string): readonly string[] {
  let inSources = false;
  return text.split(/\r?\n/).flatMap((line) => {
    const header = /^\s*\[+([^\]]+)\]+\s*(?:#.*)?$/.exec(line)?.[1]?.trim();
    if (header !== undefined) inSources = header === "tool.uv.sources";
    const name =
      /^tool\.uv\.sources\.["']?([\w.-]+)/.exec(header ?? "")?.[1] ??
      (inSources ? /^\s*["']?([A-Za-z0-9][\w-]*)["']?\s*[.=]/.exec(line)?.[1] : undefined);
    return name === undefined ? [] : [name];
  });
}

/** Modules with the names that are taken from them. */
function importsIn(text: string): readonly (readonly [module: string, names: readonly string[]])[] {
  const found: (readonly [string, readonly string[]])[] = [];
  for (const [, from, listed = "", plain = ""] of text.matchAll(
    /^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import[ \t]+(\([^)]{0,2000}\)|[^\n]*)|import[ \t]+([^\n]*))/gm,
  )) {
    if (from === undefined) {
      for (const one of plain.split(",")) {
        const module = /^\s*([A-Za-z_]\w*)/.exec(one)?.[1];
        if (module !== undefined) found.push([module, []]);
      }
      continue;
    }
    const names = listed
      .replaceAll(/#[^\n]*/g, "")
      .replaceAll(/[()]/g, "")
      .split(",")
      .flatMap((one) => /^\s*([A-Za-z_]\w*)/.exec(one)?.[1] ?? []);
    found.push([from, names]);
  }
  return found;
}

/** Nothing of a file that is too large, or gone. */
function textOf(path: string): string {
  try {
    return statSync(path).size > mostBytes ? "" : readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
