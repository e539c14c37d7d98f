/** The first part of a package's folder name: `gate-ruff` is of kind `gate`. */
const pluginKinds = new Set([
  "gate",
  "deploy",
  "store",
  "agent",
  "retriever",
  "sink",
  "engine",
  "testgen",
  "preset",
]);

/** Libraries that a package may need beside kit. They hold no tool and are no plugins. */
const libraries: ReadonlyMap<string, readonly string[]> = new Map([["dashboard", ["@towpath/history"]]]);

/** What a package's manifest says that matters here. */
export interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The packages of this workspace that a package needs at run time, and how. */
function ownDependencies(needed: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.keys(needed ?? {}).filter((name) => name.startsWith("@towpath/"));
}

/**
 * What a manifest breaks of the rule: core needs nothing of ours, a plugin needs core as a peer and kit and nothing
 * else, only the CLI may need everything.
 */
export function brokenRules({ name, dependencies, peerDependencies }: Manifest): readonly string[] {
  const short = name.replace("@towpath/", "");
  if (short === "cli") return [];
  const allowed = allowedFor(short);
  const direct = ownDependencies(dependencies)
    .filter((dependency) => !allowed.direct.includes(dependency))
    .map((dependency) => `${name} depends on ${dependency}`);
  const peers = ownDependencies(peerDependencies)
    .filter((dependency) => !allowed.peers.includes(dependency))
    .map((dependency) => `${name} has the peer ${dependency}`);
  const missing =
    isPlugin(short) && peerDependencies?.["@towpath/core"] === undefined
      ? [`${name} lacks the peer @towpath/core`]
      : [];
  return [...direct, ...peers, ...missing];
}

/** Packages of this workspace that a package's shipped source may import. */
export function importable(name: string): (imported: string) => boolean {
  const short = name.replace("@towpath/", "");
  if (short === "cli") return () => true;
  const { direct, peers } = allowedFor(short);
  return (imported) => imported === name || [...direct, ...peers].includes(imported);
}

function allowedFor(short: string): { direct: readonly string[]; peers: readonly string[] } {
  if (short === "core") return { direct: [], peers: [] };
  if (short === "kit") return { direct: [], peers: ["@towpath/core"] };
  return { direct: ["@towpath/kit", ...(libraries.get(short) ?? [])], peers: ["@towpath/core"] };
}

function isPlugin(short: string): boolean {
  return pluginKinds.has(short.split("-")[0] ?? "");
}

/** The names of this workspace's packages that a source text imports. */
export function ownImports(source: string): readonly string[] {
  const names = [...source.matchAll(/(?:from|import|import\()\s*["'](@towpath\/[a-z-]+)/gu)].map(
    ([, name]) => name ?? "",
  );
  return [...new Set(names)];
}
