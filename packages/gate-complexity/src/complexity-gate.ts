import { defineGate, type Gate, type Threshold } from "@towpath/core";
import { checkMany, checkOne } from "./check.ts";
import { chooseEngine } from "./choose-engine.ts";
import { complexityEnvironment } from "./complexity-environment.ts";
import type { ComplexityOptions } from "./options.ts";

/**
 * The gate `complexity` over the component's source.
 * @param source where the option `max` was set
 */
export function complexityGate(options: ComplexityOptions, source: string): Gate {
  const limit: Threshold = {
    name: "highest complexity",
    unit: "paths",
    operator: "<=",
    threshold: options.max,
    source,
  };
  const check = { options, limit };
  return defineGate({
    name: "complexity",
    category: "code-quality",
    code: "TP3501",
    stages: ["refactoring", "staging"],
    executesCode: false,
    configFiles: ["radon.cfg", "setup.cfg", "pyproject.toml"],
    thresholds: () => [limit],
    probe: async (ctx) => (await chooseEngine(ctx, options)).info,
    environment: () => complexityEnvironment(options),
    check: (ctx) => checkOne(ctx, check),
    checkMany: (contexts) => checkMany(contexts, check),
  });
}
