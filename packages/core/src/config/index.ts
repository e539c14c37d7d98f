export { checkConfig, checkGateSettings } from "./check-config.ts";
export { defineConfig } from "./define-config.ts";
export { configPlaces, loadConfig, searchPlaces, type LoadRequest } from "./load-config.ts";
export { parseYaml, type ParsedYaml } from "./parse-yaml.ts";
export { resolvePlugin, type PluginModule, type ResolveRequest } from "./resolve-plugin.ts";
export { configJsonSchema } from "./schema.ts";
export type {
  ComponentConfig,
  Config,
  EvidenceConfig,
  GateConfig,
  LoadedConfig,
  PluginEntry,
  RawConfig,
  StageConfig,
  UserConfig,
} from "./types.ts";
