import { glob, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Config } from "./config/types.ts";
import { TowpathError } from "./errors.ts";
import type { Component } from "./gate.ts";
import { checkComponentName } from "./names.ts";

/**
 * The component of a name: as the configuration declares it, else found by convention below `root`.
 * @param root absolute repository root
 * @throws {TowpathError} TP1003 for a bad name, TP1002 when there is no such component
 */
export async function findComponent(name: string, config: Config, root: string): Promise<Component> {
  checkComponentName(name);
  const declared = Object.hasOwn(config.components, name) ? config.components[name] : undefined;
  if (declared) {
    return {
      name,
      source: declared.source,
      tests: declared.tests ?? [],
      ...(declared.spec === undefined ? {} : { spec: declared.spec }),
      ...(declared.python === undefined ? {} : { python: resolve(root, declared.python) }),
    };
  }
  const source = await firstExisting(root, sourcePlaces(name));
  if (source === undefined) {
    const known = Object.keys(config.components);
    throw new TowpathError("TP1002", {
      message: `there is no component ${name}`,
      fix: [
        ...(known.length === 0 ? [] : [`Known components: ${known.join(", ")}`]),
        `Declare it: components: {${name}: {source: [<folder>], tests: [<folder>]}}`,
        `Looked for by convention: ${sourcePlaces(name).join(", ")}`,
      ],
      where: config.file === undefined ? [] : [config.file],
    });
  }
  return { name, source: [source], tests: await existingTests(root, name) };
}

/** Where the source of an undeclared component is looked for; the first that exists counts. */
export function sourcePlaces(name: string): readonly string[] {
  return [
    `src/${name}`,
    `src/components/${name}`,
    `src/components/${name}_component.py`,
    `src/components/${name}.py`,
    name,
    `${name}.py`,
  ];
}

/** The spellings under which a component's tests may be filed: `orchestration` also as `orchestrator`. */
export function testNames(name: string): readonly string[] {
  return name.length > 3 && name.endsWith("ion") ? [name, `${name.slice(0, -3)}or`] : [name];
}

async function existingTests(root: string, name: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const spelling of testNames(name)) {
    for (const place of [`tests/${spelling}`, `tests/test_${spelling}.py`]) {
      if (await exists(join(root, place))) found.push(place);
    }
    for await (const file of glob(`tests/test_${spelling}_*.py`, { cwd: root }))
      found.push(file.replaceAll("\\", "/"));
  }
  return found.toSorted();
}

async function firstExisting(root: string, places: readonly string[]): Promise<string | undefined> {
  for (const place of places) if (await exists(join(root, place))) return place;
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
