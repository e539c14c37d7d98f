import type { z } from "zod";
import { TowpathError } from "../errors.ts";
import { codeSchema, fileSchema } from "./schema.ts";
import type { Config, LoadedConfig, RawConfig } from "./types.ts";

/** Wrong settings that are named; a file with thousands of them is no configuration. */
const shownProblems = 20;

/**
 * Checks a raw configuration and fills in what is left out.
 * @param loaded the file it came from, for positions
 * @throws {TowpathError} TP1203 naming the wrong keys (the first 20) with file, line and column
 */
export function checkConfig(raw: RawConfig, loaded: LoadedConfig): Config {
  const isCode = /\.m?[jt]s$/.test(loaded.file);
  const result = (isCode ? codeSchema : fileSchema).safeParse(raw);
  if (!result.success) throw invalid(result.error.issues, loaded);
  const { plugins, components = {}, stages = {}, gates = {}, evidence } = result.data;
  const more = evidence === undefined ? {} : { evidence };
  return { file: loaded.file, plugins, components, stages, gates, ...more };
}

function invalid(issues: readonly z.core.$ZodIssue[], loaded: LoadedConfig): TowpathError {
  const problems = issues.flatMap((issue) => {
    const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
    if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key], message: "is not a known setting" }));
  });
  const shown = problems.slice(0, shownProblems);
  const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : "";
  return new TowpathError("TP1203", {
    message: `${shown.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}${more}`,
    where: shown.map(({ path }) => loaded.at(path)),
  });
}

/**
 * Refuses settings for gates that no plugin registered: a threshold that nothing judges is a mistake.
 * @throws {TowpathError} TP1203
 */
export function checkGateSettings(config: Config, gates: ReadonlySet<string>, loaded: LoadedConfig): void {
  const unknown = Object.keys(config.gates).filter((name) => !gates.has(name));
  if (unknown.length === 0) return;
  throw new TowpathError("TP1203", {
    message: `gates.${unknown.join(", gates.")}: no plugin registers such a gate`,
    where: unknown.map((name) => loaded.at(["gates", name])),
    fix: [`Known gates: ${[...gates].toSorted().join(", ")}`],
  });
}
