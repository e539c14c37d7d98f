import { z } from "zod";
import { componentNamePattern } from "../names.ts";
import type { Backoff } from "../retry.ts";
import { stages, type StageName } from "../stages.ts";
import type { Plugin } from "../plugin.ts";
import type {
  ComponentConfig,
  EvidenceConfig,
  GateConfig,
  PluginEntry,
  StageConfig,
  UserConfig,
} from "./types.ts";

const path: z.ZodType<string, string> = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^(?!\/)(?![A-Za-z]:)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\\\n\r]+$/, {
    error: "must be a path inside the repository, with / between folders",
  });

const component: z.ZodType<ComponentConfig, ComponentConfig> = z.strictObject({
  source: z.array(path).min(1),
  tests: z.array(path).optional(),
  spec: path.optional(),
  python: z.string().min(1).optional(),
});

const backoff: z.ZodType<Partial<Backoff>, Partial<Backoff>> = z.strictObject({
  max: z.int().min(0).max(20).exactOptional(),
  baseMs: z.number().min(0).max(3_600_000).exactOptional(),
  factor: z.number().min(1).max(10).exactOptional(),
  capMs: z.number().min(0).max(3_600_000).exactOptional(),
});

const stage: z.ZodType<StageConfig, StageConfig> = z.strictObject({
  skip: z.string().min(1, { error: "needs a reason" }).optional(),
  retry: backoff.optional(),
  noDeploy: z.string().min(1, { error: "needs a reason" }).optional(),
});

const evidence: z.ZodType<EvidenceConfig, EvidenceConfig> = z.strictObject({
  maxAgeHours: z.number().positive().max(8_784).optional(),
});

const gate: z.ZodType<GateConfig, GateConfig> = z.strictObject({
  required: z.boolean().optional(),
  timeoutMs: z.int().min(1).max(86_400_000).optional(),
});

const name = z.string().regex(componentNamePattern, { error: "must match ^[a-z][a-z0-9_-]{0,63}$" });

const stageNames = stages.map((row) => row.name) as [StageName, ...StageName[]];

const namedPlugin: z.ZodType<string, string> = z.string().min(1).max(214);
const pluginInFile = z.union([namedPlugin, z.tuple([namedPlugin, z.unknown()])], {
  error: "must be a plugin's name, or [name, options]",
});

/** The configuration as YAML or JSON holds it: names instead of functions. The published JSON Schema is made of it. */
export const fileSchema: z.ZodType<UserConfig> = z.strictObject({
  $schema: z.string().optional(),
  plugins: z.array(pluginInFile).min(1, { error: "must name at least one plugin" }),
  components: z.record(name, component).optional(),
  stages: z.partialRecord(z.enum(stageNames), stage).optional(),
  gates: z.record(name, gate).optional(),
  evidence: evidence.optional(),
});

const madePlugin: z.ZodType<Plugin, Plugin> = z.custom<Plugin>(
  (value) => typeof value === "object" && value !== null && "setup" in value && "api" in value,
);

/** The configuration as TypeScript may hold it: plugins made by their factories too. */
export const codeSchema: z.ZodType<UserConfig> = z.strictObject({
  $schema: z.string().optional(),
  plugins: z
    .array(
      z.union([namedPlugin, madePlugin, z.tuple([namedPlugin, z.unknown()])], {
        error: "must be a plugin, its name, or [name, options]",
      }) as z.ZodType<PluginEntry>,
    )
    .min(1, { error: "must name at least one plugin" }),
  components: z.record(name, component).optional(),
  stages: z.partialRecord(z.enum(stageNames), stage).optional(),
  gates: z.record(name, gate).optional(),
  evidence: evidence.optional(),
});

/** The JSON Schema of the configuration file, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(fileSchema, { target: "draft-7", io: "input" }),
    title: "Towpath configuration",
  };
}
