import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { TowpathError } from "../errors.ts";
import type { ParsedYaml } from "./parse-yaml.ts";
import type { LoadedConfig, RawConfig } from "./types.ts";

/** Where a configuration is looked for, in this order, in a folder and then in those above it up to the root. */
export const searchPlaces: readonly string[] = [
  "towpath.config.mts",
  "towpath.config.ts",
  "towpath.config.mjs",
  "towpath.config.js",
  "towpath.config.yaml",
  "towpath.config.yml",
  "towpath.config.json",
  "package.json",
];

/** A configuration larger than this is refused before it is read. */
const largestBytes = 64 * 1024;

const codeSuffixes: ReadonlySet<string> = new Set([".mts", ".ts", ".mjs", ".js"]);

/** What to load. */
export interface LoadRequest {
  /** Absolute folder where the search begins. */
  readonly from: string;
  /** Absolute folder where it ends, e.g. the one that holds `.git`. */
  readonly until: string;
  /** Absolute path of a file to take instead of searching. */
  readonly file?: string;
  /** False refuses configurations that are code. */
  readonly trusted: boolean;
}

/**
 * Finds and reads the configuration; `undefined` when there is none.
 * @throws {TowpathError} TP1202 when it cannot be read, TP1204 for a forbidden name, TP1210 for code in untrusted mode
 */
export async function loadConfig(request: LoadRequest): Promise<LoadedConfig | undefined> {
  if (request.file !== undefined) return loadFile(request.file, request);
  for await (const path of configPlaces(request)) {
    const loaded = await loadFile(path, request);
    if (loaded) return loaded;
  }
  return undefined;
}

/**
 * The files that may be the configuration, in the order of the search. A `package.json` is it only if it has settings of
 * ours.
 */
export async function* configPlaces({
  from,
  until,
}: Pick<LoadRequest, "from" | "until">): AsyncGenerator<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const place of searchPlaces) {
      const path = join(folder, place);
      if (await isFile(path)) yield path;
    }
    if (folder === until || folder === dirname(folder)) return;
  }
}

async function loadFile(path: string, request: LoadRequest): Promise<LoadedConfig | undefined> {
  const file = basename(path);
  if (codeSuffixes.has(extname(path))) {
    if (!request.trusted) throw new TowpathError("TP1210", { message: `${file} is code`, where: [file] });
    return { raw: await importConfig(path, file), path, file, at: () => file, setAt: () => file };
  }
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new TowpathError("TP1202", { message: `${file} cannot be read`, where: [file], cause });
  });
  const isPackage = basename(path) === "package.json";
  if (size > largestBytes) {
    if (isPackage && !holdsSettings((await readText(path, file)).text)) return undefined;
    const kib = Math.ceil(size / 1024);
    throw new TowpathError("TP1202", {
      message: `${file} has ${kib} KiB, more than the 64 KiB allowed`,
      where: [file],
      ...(isPackage ? { fix: ["Move the settings from package.json to towpath.config.yaml."] } : {}),
    });
  }
  const { text, digest } = await readText(path, file);
  if (isPackage && !text.includes('"towpath"')) return undefined;
  const prefix = isPackage ? ["towpath"] : [];
  const { parseYaml } = await import("./parse-yaml.ts");
  const parsed = parseYaml(text, file);
  const value = isPackage ? propertyOf(parsed.value, "towpath") : parsed.value;
  if (isPackage && value === undefined) return undefined;
  const raw = asRecord(value, file);
  return { raw, path, file, ...(isPackage ? {} : { digest }), ...places(parsed, file, prefix) };
}

/** Whether a large package.json has settings of ours, which must not be passed over in silence. */
function holdsSettings(text: string): boolean {
  try {
    return propertyOf(JSON.parse(text), "towpath") !== undefined;
  } catch {
    // npm itself will complain about it.
    return false;
  }
}

function places(
  parsed: ParsedYaml,
  file: string,
  prefix: readonly string[],
): Pick<LoadedConfig, "at" | "setAt"> {
  return {
    at(path) {
      for (let length = path.length; length >= 0; length -= 1) {
        const found = parsed.position([...prefix, ...path.slice(0, length)]);
        if (found && length > 0) return `${file}:${found.line}:${found.column}`;
      }
      return file;
    },
    setAt(path) {
      const found = parsed.position([...prefix, ...path]);
      return found && `${file}:${found.line}`;
    },
  };
}

async function importConfig(path: string, file: string): Promise<RawConfig> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TowpathError("TP1202", {
      message: `${file} cannot be loaded: ${reason}`,
      where: [file],
      fix: hints(cause),
      cause,
    });
  }
  const value = propertyOf(module, "default");
  if (value === undefined)
    throw new TowpathError("TP1202", { message: `${file} has no default export`, where: [file] });
  return asRecord(value, file);
}

/** Node strips types by itself; these are the three ways in which it fails. */
function hints(cause: unknown): readonly string[] {
  const code = propertyOf(cause, "code");
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return ["Use only types that can be erased: no enum, no namespace."];
  if (cause instanceof SyntaxError)
    return ["Name the file towpath.config.mts, so that it is read as an ES module."];
  return ["Correct the file; it must be an ES module with a default export."];
}

async function readText(path: string, file: string): Promise<{ text: string; digest: string }> {
  try {
    const bytes = await readFile(path);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text, digest: createHash("sha256").update(bytes).digest("hex") };
  } catch (cause) {
    throw new TowpathError("TP1202", { message: `${file} is not readable UTF-8 text`, where: [file], cause });
  }
}

function asRecord(value: unknown, file: string): RawConfig {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as RawConfig;
  throw new TowpathError("TP1202", { message: `${file} does not hold a map of settings`, where: [file] });
}

function propertyOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
