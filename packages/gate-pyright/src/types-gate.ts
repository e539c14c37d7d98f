import { defineGate, type Gate, type PluginApi } from "@towpath/core";
import { checkMany, checkOne } from "./check.ts";
import type { Limits } from "./evidence.ts";
import { findPyright } from "./find-pyright.ts";
import type { PyrightOptions } from "./options.ts";
import { typesEnvironment } from "./types-environment.ts";

/** The gate `types`: pyright over the component's source. */
export function typesGate(options: PyrightOptions, origin: PluginApi["origin"]): Gate {
  const limits: Limits = {
    errors: {
      name: "type errors",
      unit: "errors",
      operator: "<=",
      threshold: options.maxErrors,
      source: origin(["maxErrors"]),
    },
    ...(options.warnings === "fail" && {
      warnings: {
        name: "type warnings",
        unit: "warnings",
        operator: "<=",
        threshold: 0,
        source: origin(["warnings"]),
      },
    }),
  };
  return defineGate({
    name: "types",
    category: "code-quality",
    code: "TP3301",
    stages: ["refactoring", "staging"],
    executesCode: false,
    followsImports: true,
    cost: "heavy",
    configFiles: ["pyrightconfig.json", "pyproject.toml"],
    thresholds: () => Object.values(limits),
    probe: async (ctx) => (await findPyright(ctx)).info,
    environment: typesEnvironment,
    check: (ctx) => checkOne(ctx, limits),
    checkMany: (contexts) => checkMany(contexts, limits),
  });
}
