import { configJsonSchema } from "@towpath/core/config";
import type { GlobalOptions } from "../global-options.ts";
import { findConfig, openProject } from "../project.ts";

/** `towpath config validate`: reads the configuration and sets its plugins up, options included. */
export async function validateConfig(options: GlobalOptions): Promise<number> {
  const { loaded, config, kernel } = await openProject(options);
  const { length } = Object.keys(config.components);
  process.stdout.write(
    `${loaded.file} is valid: ${config.plugins.length} plugins, ${kernel.gates.size} gates, ${length} components\n`,
  );
  return 0;
}

/** `towpath config show`: the configuration as it is understood, with the place of every setting. */
export async function showConfig(options: GlobalOptions): Promise<number> {
  const loaded = await findConfig(options);
  if (options.reporter === "json") {
    const document = { schemaVersion: 1, kind: "config", file: loaded.path, config: loaded.raw };
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return 0;
  }
  const { config } = await openProject(options);
  const lines = settings(
    { components: config.components, stages: config.stages, gates: config.gates, plugins: config.plugins },
    [],
  );
  const rows = lines.map(
    ({ path, value }) => `${path.join(".")} = ${value}   ${loaded.setAt(path) ?? loaded.file}`,
  );
  process.stdout.write(`${rows.join("\n")}\n`);
  return 0;
}

/** `towpath config schema`: the JSON Schema of the configuration file. */
export function showSchema(): number {
  process.stdout.write(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
  return 0;
}

interface Setting {
  readonly path: readonly (string | number)[];
  readonly value: string;
}

function settings(value: unknown, path: readonly (string | number)[]): readonly Setting[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => settings(item, [...path, index]));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => settings(item, [...path, key]));
  }
  return [{ path, value: JSON.stringify(value) }];
}
