import { basename } from "node:path/posix";
import type { Component } from "@towpath/core";
import type { SourceFile } from "./docstrings.ts";

/** Files of tests, wherever they lie. */
const testFile = /^(?:test_.*|.*_test|conftest)\.py$/;
const testFolder = /^tests?$/;

/**
 * Which source files can hold something public: no tests, and no private modules or packages, whose names begin with
 * an underscore. What the component declares as its source is public whatever its name is.
 */
export function sourceFiles(component: Component, files: readonly string[]): readonly SourceFile[] {
  return files.map((path) => ({ path, public: isPublic(component, path) }));
}

function isPublic({ source, tests }: Component, path: string): boolean {
  if (tests.some((folder) => isBelow(folder, path)) || testFile.test(basename(path))) return false;
  const folder = source.find((place) => isBelow(place, path)) ?? "";
  const segments = path.slice(folder.length).split("/").filter(Boolean);
  return segments.every((segment) => isPublicName(segment) && !testFolder.test(segment));
}

function isPublicName(segment: string): boolean {
  return !segment.startsWith("_") || /^__\w+__\.py$/.test(segment);
}

/** Whether a path is a place or lies below it; `.` is the root. */
export function isBelow(place: string, path: string): boolean {
  return place === "." || path === place || path.startsWith(`${place}/`);
}

/** The names by which other code imports the component, e.g. `shelf` for `src/shelf/__init__.py`. */
export function importNames({ source }: Component, files: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const place of source) {
    const own = basename(place, ".py");
    if (/^[A-Za-z_]\w*$/.test(own)) names.add(own);
    // A folder that is no package holds packages and modules.
    if (place.endsWith(".py") || files.includes(`${place}/__init__.py`)) continue;
    for (const file of files.filter((each) => isBelow(place, each))) {
      const inside = file.slice(place === "." ? 0 : place.length);
      const first = inside.split("/").find(Boolean) ?? "";
      names.add(basename(first, ".py"));
    }
  }
  return names;
}
