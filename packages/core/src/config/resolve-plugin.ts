import { readFile, realpath } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve as resolvePath, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve as resolveModule } from "import-meta-resolve";
import { TowpathError } from "../errors.ts";
import type { PluginFactory } from "../plugin.ts";
import { editDistance } from "./edit-distance.ts";

/** What a plugin package exports. */
export interface PluginModule {
  readonly default: PluginFactory<unknown>;
}

/** Which plugin is wanted, and from where. */
export interface ResolveRequest {
  /** As the configuration writes it: `gate-ruff`, `@acme/towpath-gate-licence`, `./tools/gate-local.mts`. */
  readonly name: string;
  /** Absolute path of the file that names it; resolution begins in its folder. */
  readonly from: string;
  /** Absolute real path of the repository root; local plugins must lie inside. */
  readonly root: string;
  /** `file:line` for messages. */
  readonly where: string;
  readonly trusted: boolean;
  /** Plugins that come with the program, by package name. */
  readonly bundled: ReadonlyMap<string, { readonly version: string; load(): Promise<unknown> }>;
}

/** A plugin that was found and loaded. */
export interface ResolvedPlugin {
  readonly factory: PluginFactory<unknown>;
  readonly version?: string;
  /** `bundled`, or the module's path relative to the root. */
  readonly via: string;
  readonly warning?: string;
}

const shortKind = /^(?:gate|deploy|store|agent|retriever|sink|engine|testgen|preset)-[a-z0-9._-]+$/;
const packageName = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;

/**
 * Finds and loads a plugin. Only npm packages that the project depends on directly, plugins that come with the
 * program, and files inside the repository are loaded; nothing is installed and nothing is scanned. In untrusted mode
 * only those that come with the program are.
 * @throws {TowpathError} TP1206 when the name is refused, TP1205 when there is no such plugin, TP1207 when it is none
 */
export async function resolvePlugin(request: ResolveRequest): Promise<ResolvedPlugin> {
  const { name } = request;
  if (name.startsWith("./") || name.startsWith("../")) return loadLocal(request);
  if (!packageName.test(name) || name.length > 214 || isBuiltin(name))
    throw refused(request, "is no package name");
  const names = shortKind.test(name) ? [`@towpath/${name}`, `towpath-${name}`] : [name];
  for (const candidate of names) {
    // In untrusted mode the tree says what its packages are, and may hold them.
    const own = request.trusted ? await loadFromProject(candidate, request) : undefined;
    const found = own ?? (await loadBundled(candidate, request));
    if (found) return found;
  }
  if (!request.trusted)
    throw refused(request, "does not come with the program, and nothing else is trusted here");
  throw missing(request, names);
}

async function loadLocal(request: ResolveRequest): Promise<ResolvedPlugin> {
  if (!request.trusted) throw refused(request, "is a file of the tree, which is not trusted here");
  const wanted = resolvePath(dirname(request.from), request.name);
  const path = await realpath(wanted).catch(() => undefined);
  const inside = relative(request.root, path ?? wanted);
  if (inside === "" || inside.startsWith("..")) throw refused(request, "lies outside the repository");
  if (path === undefined) throw missing(request, [request.name]);
  const factory = factoryOf(await importPlugin(pathToFileURL(path).href, request), request);
  return { factory, via: inside.split(sep).join("/") };
}

async function loadBundled(name: string, request: ResolveRequest): Promise<ResolvedPlugin | undefined> {
  const bundled = request.bundled.get(name);
  if (!bundled) return undefined;
  return { factory: factoryOf(await bundled.load(), request), version: bundled.version, via: "bundled" };
}

async function loadFromProject(name: string, request: ResolveRequest): Promise<ResolvedPlugin | undefined> {
  if (!(await isDirectDependency(name, request))) return undefined;
  const url = moduleUrl(name, request);
  if (url === undefined) return undefined;
  const path = fileURLToPath(url);
  const manifest = await manifestOf(path, name);
  if (manifest?.peerDependencies?.["@towpath/core"] === undefined) {
    throw new TowpathError("TP1207", {
      message: `${name} does not name @towpath/core among its peer dependencies, so it is no Towpath plugin`,
      where: [request.where],
    });
  }
  const factory = factoryOf(await importPlugin(url, request), request);
  const near = nearest(name, [...request.bundled.keys()], 2);
  return {
    factory,
    ...(manifest.version === undefined ? {} : { version: manifest.version }),
    via: relative(request.root, path).split(sep).join("/"),
    ...(near === undefined || near === name
      ? {}
      : { warning: `the plugin ${name} is named much like ${near}` }),
  };
}

function moduleUrl(name: string, request: ResolveRequest): string | undefined {
  try {
    return resolveModule(name, pathToFileURL(request.from).href);
  } catch {
    // Not installed: the caller goes on to the next place and in the end names all that were tried.
    return undefined;
  }
}

async function isDirectDependency(name: string, request: ResolveRequest): Promise<boolean> {
  for (let folder = dirname(request.from); ; folder = dirname(folder)) {
    const manifest = await readManifest(join(folder, "package.json"));
    const lists = [manifest?.dependencies, manifest?.devDependencies, manifest?.optionalDependencies];
    if (lists.some((list) => list !== undefined && Object.hasOwn(list, name))) return true;
    if (folder === request.root || folder === dirname(folder)) return false;
  }
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

async function manifestOf(path: string, name: string): Promise<Manifest | undefined> {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = await readManifest(join(folder, "package.json"));
    if (manifest?.name === name) return manifest;
  }
  return undefined;
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // A broken package.json lists nothing; npm itself will complain about it.
    return undefined;
  }
}

async function importPlugin(url: string, request: ResolveRequest): Promise<unknown> {
  try {
    return await import(url);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TowpathError("TP1207", {
      message: `${request.name} cannot be loaded: ${reason}`,
      where: [request.where],
      cause,
    });
  }
}

function factoryOf(module: unknown, request: ResolveRequest): PluginFactory<unknown> {
  const factory: unknown =
    typeof module === "object" && module !== null ? Reflect.get(module, "default") : undefined;
  if (typeof factory === "function" && "pluginName" in factory) return factory as PluginFactory<unknown>;
  throw new TowpathError("TP1207", {
    message: `${request.name} has no default export made by definePlugin`,
    where: [request.where],
  });
}

function refused(request: ResolveRequest, why: string): TowpathError {
  return new TowpathError("TP1206", {
    message: `the plugin ${JSON.stringify(request.name)} ${why}`,
    where: [request.where],
  });
}

function missing(request: ResolveRequest, tried: readonly string[]): TowpathError {
  const known = [...request.bundled.keys()];
  const near = tried.map((name) => nearest(name, known, 3)).find((name) => name !== undefined);
  const install = tried[0] ?? request.name;
  return new TowpathError("TP1205", {
    message: `the plugin ${request.name} was not found; tried ${tried.join(", ")}`,
    where: [request.where],
    fix: [
      ...(near === undefined ? [] : [`Did you mean ${near.replace("@towpath/", "")}?`]),
      ...(install.startsWith(".") ? [] : [`npm install --save-dev ${install}`]),
    ],
  });
}

function nearest(name: string, known: readonly string[], within: number): string | undefined {
  return known
    .map((other) => ({ other, distance: editDistance(name, other) }))
    .filter(({ distance }) => distance <= within)
    .toSorted((a, b) => a.distance - b.distance)[0]?.other;
}
