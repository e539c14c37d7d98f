import { isTowpathError } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";

/** Turns the paths of a tool into those of the repository. */
export interface RepoPaths {
  /** The path relative to the root; undefined for a file that lies outside, as a link may. Looked up once. */
  of(file: string): string | undefined;
  /** The files that were asked for and lie outside. */
  outside(): readonly string[];
}

/** @param root absolute real path of the repository */
export function repoPaths(root: string): RepoPaths {
  const known = new Map<string, string | undefined>();
  return {
    of(file) {
      if (!known.has(file)) known.set(file, lookUp(root, file));
      return known.get(file);
    },
    outside: () => [...known].flatMap(([file, path]) => (path === undefined ? [file] : [])),
  };
}

function lookUp(root: string, file: string): string | undefined {
  try {
    return toRepoPath(root, file);
  } catch (error) {
    if (isTowpathError(error)) return undefined;
    throw error;
  }
}
