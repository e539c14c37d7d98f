import type { TomlTable, TomlValue } from "smol-toml";
import { asTable, isTable } from "../config-files.ts";

/**
 * Lays the settings of a configuration over those that it extends: tables are merged, `extend-…` lists are joined,
 * anything else is replaced. In the table `lint` a `select` starts anew, while an `ignore` without `select` adds to
 * what is extended.
 * @see https://docs.astral.sh/ruff/settings/#extend
 */
export function mergeSettings(parent: TomlTable, child: TomlTable): TomlTable {
  const merged = mergeTables(parent, child);
  const [below, above] = [asTable(parent["lint"]), asTable(child["lint"])];
  const lint = { ...asTable(merged["lint"]) };
  if (above["select"] === undefined) {
    lint["ignore"] = [...asList(below["ignore"]), ...asList(above["ignore"])];
  } else {
    lint["extend-select"] = asList(above["extend-select"]);
  }
  return { ...merged, lint };
}

function mergeTables(parent: TomlTable, child: TomlTable): TomlTable {
  const merged: TomlTable = { ...parent };
  for (const [key, value] of Object.entries(child)) {
    const below = parent[key];
    if (isTable(below) && isTable(value)) merged[key] = mergeTables(below, value);
    else if (key.startsWith("extend-") && Array.isArray(below) && Array.isArray(value))
      merged[key] = [...below, ...value];
    else merged[key] = value;
  }
  return merged;
}

function asList(value: TomlValue | undefined): TomlValue[] {
  return Array.isArray(value) ? value : [];
}
