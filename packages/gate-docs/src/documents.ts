import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path/posix";
import { resolve } from "node:path";
import type { Component, GateContext, ListedFiles } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";

/** Files beside the source that describe a component, as POSIX paths relative to the repository root. */
export interface Documents {
  /** The README, if there is one. */
  readonly readme?: string;
  /** Where the README is, or should be. */
  readonly readmePlace: string;
  /** Python files below a folder `examples`, beside the source or above it. */
  readonly examples: readonly string[];
}

/** How a README may be called, the first that is there wins. */
const readmeNames = [
  "README.md",
  "README.rst",
  "README.markdown",
  "README.txt",
  "README",
  "Readme.md",
  "readme.md",
];

/** Most of a document that is read, in bytes. */
const maxBytes = 1024 * 1024;

/**
 * Finds what describes a component. Files that git ignores, and links that lead out of the repository, count as absent.
 * @param wanted option `readme`
 */
export async function findDocuments(
  { component, workspace }: GateContext,
  wanted: string | undefined,
): Promise<Documents> {
  const { folders, readmes, examples } = placesOf(component, wanted);
  const places = [...readmes, ...examples].filter((path) => isInside(workspace.root, path));
  const listed = new Set((await workspace.list(places)).files);
  const readme = readmes.map((path) => join(path)).find((path) => listed.has(path));
  return {
    ...(readme === undefined ? {} : { readme }),
    readmePlace: readme ?? wanted ?? join(folders[0] ?? ".", "README.md"),
    examples: [...listed].filter(
      (file) => file.endsWith(".py") && examples.some((folder) => file.startsWith(`${folder}/`)),
    ),
  };
}

/** What `findDocuments` looks through, whether or not anything is there. */
export function documentPlaces(component: Component, wanted: string | undefined): readonly ListedFiles[] {
  const { readmes, examples } = placesOf(component, wanted);
  return [{ paths: readmes }, { paths: examples, suffixes: [".py"] }];
}

function placesOf(
  component: Component,
  wanted: string | undefined,
): Readonly<Record<"folders" | "readmes" | "examples", readonly string[]>> {
  const folders = foldersFrom(component);
  const readmes =
    wanted === undefined
      ? folders.flatMap((folder) => readmeNames.map((name) => join(folder, name)))
      : [wanted];
  return { folders, readmes, examples: folders.map((folder) => join(folder, "examples")) };
}

/** The folders of the source, and those above them up to the root: the deepest first. */
function foldersFrom({ source }: Component): readonly string[] {
  const folders = new Set<string>();
  for (const place of source) {
    let folder = place.endsWith(".py") ? dirname(place) : join(place);
    for (; folder !== "." && folder !== "/"; folder = dirname(folder)) folders.add(folder);
  }
  const depth = (folder: string): number => folder.split("/").length;
  return [...[...folders].toSorted((a, b) => depth(b) - depth(a)), "."];
}

function isInside(root: string, path: string): boolean {
  try {
    toRepoPath(root, path);
    return true;
  } catch {
    return false;
  }
}

/** The first MiB of a document. Bytes that are no UTF-8 are replaced. */
export async function readDocument(root: string, path: string): Promise<string> {
  const file = await open(resolve(root, path), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(maxBytes), position: 0 });
    return buffer.subarray(0, bytesRead).toString("utf8");
  } finally {
    await file.close();
  }
}
