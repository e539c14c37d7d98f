import { isAbsolute, relative, resolve, sep } from "node:path";
import { TowpathError } from "@towpath/core";
import { isInside, realPathOf } from "./inside.ts";
import { sanitize } from "./text.ts";

/**
 * The path of a file relative to the repository, with `/`, whether or not it exists. Links are followed to see where
 * it leads, yet a link inside the repository keeps its own name; `.` is the root.
 * @param root absolute path of the repository
 * @param path absolute, or relative to the root
 * @throws {TowpathError} TP1005 when the path, or what it links to, lies outside the repository
 * @example toRepoPath("/repo", "/repo/src/./foo.py") // "src/foo.py"
 */
export function toRepoPath(root: string, path: string): string {
  const absolute = resolve(root, path);
  const realRoot = realPath(root);
  const real = realPath(absolute);
  if (realRoot === undefined || real === undefined || !isInside(realRoot, real)) {
    throw new TowpathError("TP1005", { message: `${sanitize(path)} lies outside the repository` });
  }
  const base = [root, realRoot].find((folder) => isInside(folder, absolute));
  const inside = base === undefined ? relative(realRoot, real) : relative(base, absolute);
  return inside === "" ? "." : inside.split(sep).join("/");
}

/**
 * A path as an argument that no tool takes for an option or an argument file (`@x`).
 * @example toolPath("src/foo") // "./src/foo"
 */
export function toolPath(path: string): string {
  return isAbsolute(path) || path === "." || path.startsWith("./") ? path : `./${path}`;
}

/** The real path, or undefined where the path cannot even be named or followed. */
function realPath(path: string): string | undefined {
  try {
    return realPathOf(path);
  } catch {
    return undefined;
  }
}
