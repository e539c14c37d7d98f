import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { componentNamePattern } from "@towpath/core";

/** A component that was found; paths are POSIX and relative to the project. */
export interface DetectedComponent {
  readonly name: string;
  readonly source: readonly string[];
  readonly tests: readonly string[];
  readonly spec?: string;
}

const notSource: ReadonlySet<string> = new Set([
  "test",
  "tests",
  "testing",
  "doc",
  "docs",
  "example",
  "examples",
  "benchmark",
  "benchmarks",
  "bench",
  "scripts",
  "tools",
  "build",
  "dist",
  "node_modules",
  "venv",
  "env",
  "site-packages",
  "ci",
  "setup",
  "conftest",
  "noxfile",
  "tasks",
  "versioneer",
  "fabfile",
]);

/**
 * Finds Python packages and modules: below `src/`, else at the top level.
 * @param root absolute folder of the project
 */
export async function detectComponents(root: string): Promise<readonly DetectedComponent[]> {
  const inSource = await packagesIn(root, "src");
  const sources = inSource.length > 0 ? inSource : await packagesIn(root, ".");
  const components: DetectedComponent[] = [];
  for (const source of sources) {
    const name = componentName(source);
    if (name === undefined || components.some((other) => other.name === name)) continue;
    const spec = await firstFile(root, [`specs/${name}.md`, `spec/${name}.md`, `docs/specs/${name}.md`]);
    const tests = await testsOf(root, name, source, sources.length === 1);
    components.push({ name, source: [source], tests, ...(spec === undefined ? {} : { spec }) });
  }
  return components;
}

async function packagesIn(root: string, folder: string): Promise<readonly string[]> {
  const prefix = folder === "." ? "" : `${folder}/`;
  const found: string[] = [];
  for (const entry of await entriesOf(join(root, folder))) {
    const word = entry.name.replace(/\.py$/, "").toLowerCase();
    if (entry.name.startsWith(".") || entry.name.startsWith("_") || notSource.has(word)) continue;
    if (/^test_|_test$/.test(word) || entry.name.endsWith(".egg-info")) continue;
    const isPackage =
      entry.isDirectory() && (await hasModules(join(root, folder, entry.name), folder === "src"));
    if (isPackage || (entry.isFile() && entry.name.endsWith(".py"))) found.push(`${prefix}${entry.name}`);
  }
  const packages = found.filter((path) => !path.endsWith(".py"));
  // Beside packages at the top level lie scripts; below `src/` everything is source.
  return (folder === "src" || packages.length === 0 ? found : packages).toSorted();
}

/** At the top level only a folder with `__init__.py` is a package; below `src/` any with modules is. */
async function hasModules(path: string, anyModule: boolean): Promise<boolean> {
  const names = (await entriesOf(path)).map((entry) => entry.name);
  return names.includes("__init__.py") || (anyModule && names.some((name) => name.endsWith(".py")));
}

async function testsOf(
  root: string,
  name: string,
  source: string,
  only: boolean,
): Promise<readonly string[]> {
  const own = [`tests/${name}`, `tests/test_${name}.py`, `test/${name}`, `${source}/tests`, `${source}/test`];
  const shared = ["tests", "test", "testing"];
  const places = only
    ? [...shared, ...own.slice(3), "tests.py", `test_${name}.py`, "test.py"]
    : [...own, ...shared];
  const existing: string[] = [];
  for (const place of places) if (await existsIn(root, place)) existing.push(place);
  return only ? existing : existing.slice(0, 1);
}

function componentName(source: string): string | undefined {
  const last = source.split("/").at(-1)?.replace(/\.py$/, "") ?? "";
  const name = last.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "_");
  return componentNamePattern.test(name) ? name : undefined;
}

async function firstFile(root: string, places: readonly string[]): Promise<string | undefined> {
  for (const place of places) if (await existsIn(root, place)) return place;
  return undefined;
}

async function existsIn(root: string, place: string): Promise<boolean> {
  const cut = place.lastIndexOf("/");
  const entries = await entriesOf(join(root, cut < 0 ? "." : place.slice(0, cut)));
  return entries.some((entry) => entry.name === place.slice(cut + 1));
}

async function entriesOf(
  path: string,
): Promise<readonly { readonly name: string; isDirectory(): boolean; isFile(): boolean }[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch {
    // No such folder: nothing to find there.
    return [];
  }
}
