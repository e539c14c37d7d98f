import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** What the suite needs of a package.json. */
export interface Manifest {
  readonly name: string;
  /** URL of the module that `import` of the package gives. */
  readonly entry: string;
  readonly peers: readonly string[];
}

/**
 * The manifest of the package that a file belongs to.
 * @param from URL of the file
 * @throws {Error} when no folder above has one that names an entry
 */
export async function manifestOf(from: string): Promise<Manifest> {
  for (let folder = new URL(".", from); ; folder = new URL("..", folder)) {
    const url = new URL("package.json", folder);
    const text = await readFile(url, "utf8").catch(() => undefined);
    if (text !== undefined) return read(JSON.parse(text), url);
    if (folder.pathname === "/") throw new Error(`no package.json above ${fileURLToPath(from)}`);
  }
}

function read(json: unknown, url: URL): Manifest {
  const { name, exports, peerDependencies } = json as {
    readonly name?: unknown;
    readonly exports?: Readonly<Record<string, unknown>>;
    readonly peerDependencies?: Readonly<Record<string, string>>;
  };
  const main = exports?.["."];
  const entry = typeof main === "object" && main !== null && "default" in main ? main.default : main;
  if (typeof name !== "string" || typeof entry !== "string") {
    throw new Error(`${fileURLToPath(url)}: name and exports["."] are needed`);
  }
  return { name, entry: new URL(entry, url).href, peers: Object.keys(peerDependencies ?? {}) };
}
