import { isTowpathError } from "@towpath/core";
import { parseYaml } from "@towpath/core/config";
import { readText } from "./settings/read-text.ts";

/** Configurations that are data. One that is code is not run to be asked. */
const configurations = ["towpath.config.yaml", "towpath.config.yml", "towpath.config.json"];

/**
 * The specifications that the project's configuration declares for its components: file → name of the component. Empty
 * when there is no configuration that is data, or it cannot be read, which is said where its figures are.
 */
export async function declaredSpecs(root: string): Promise<ReadonlyMap<string, string>> {
  for (const file of configurations) {
    const read = await readText(root, file);
    if ("text" in read) return new Map(specsIn(read.text, file));
  }
  return new Map();
}

function specsIn(text: string, file: string): readonly (readonly [string, string])[] {
  let value: unknown;
  try {
    ({ value } = parseYaml(text, file));
  } catch (error) {
    if (isTowpathError(error)) return [];
    throw error;
  }
  return Object.entries(record(record(value)["components"])).flatMap(([name, component]) => {
    const { spec } = record(component);
    return typeof spec === "string" ? [[spec.replace(/^\.\//, ""), name] as const] : [];
  });
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
