/** Where a reader is. */
export interface Route {
  readonly page: Page;
  /** What the page is about: a gate, a session, two runs. */
  readonly parts: readonly string[];
  /** Filter of the rows. */
  readonly filter: string;
}

/** The pages, in the order of their keys. */
export const pages = [
  { name: "overview", title: "Overview", path: "" },
  { name: "gates", title: "Gates", path: "gates" },
  { name: "performance", title: "Performance", path: "performance" },
  { name: "runs", title: "Runs", path: "runs" },
  { name: "context", title: "Context", path: "context" },
  { name: "components", title: "Components", path: "components" },
  { name: "guide", title: "Guide", path: "guide" },
] as const;

/** The name of a page. */
export type Page = (typeof pages)[number]["name"] | "gate" | "run" | "diff";

/**
 * Reads an address. What is unknown leads to the overview.
 * @example parseRoute("#/gates/lint?q=s:failed") // { page: "gate", parts: ["lint"], filter: "s:failed" }
 */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const [first = "", ...rest] = path.split("/").map(decoded);
  const filter = new URLSearchParams(query).get("q") ?? "";
  const parts = rest.filter((part) => part !== "");
  if (first === "gates" && parts.length > 0) return { page: "gate", parts, filter };
  if (first === "runs" && parts[1] === "diff" && parts.length === 3)
    return { page: "diff", parts: [parts[0] ?? "", parts[2] ?? ""], filter };
  if (first === "runs" && parts.length > 0) return { page: "run", parts, filter };
  const page = pages.find(({ path: own }) => own === first)?.name ?? "overview";
  return { page, parts, filter };
}

/** The address of a page. @example addressOf("gates", "lint") // "#/gates/lint" */
export function addressOf(...parts: readonly string[]): string {
  return `#/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}

/** The same address with another filter. */
export function withFilter(hash: string, filter: string): string {
  const path = hash.split("?", 1)[0] || "#/";
  return filter === "" ? path : `${path}?${new URLSearchParams({ q: filter }).toString()}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A torn escape is taken as it stands.
    return part;
  }
}
