import { defineGate, type Gate } from "@towpath/core";
import { checkMany, checkOne } from "./check.ts";
import type { ComplexityOptions } from "./options.ts";

/**
 * The gate `complexity` over the component's source.
 * @param source where the option `max` was set
 */
export function complexityGate(options: ComplexityOptions, source: string): Gate {
  const check = { options, source };
  return defineGate({
    name: "complexity",
    category: "code-quality",
    code: "TP3501",
    stages: ["refactoring", "staging"],
    executesCode: false,
    configFiles: ["radon.cfg", "setup.cfg", "pyproject.toml"],
    check: (ctx) => checkOne(ctx, check),
    checkMany: (contexts) => checkMany(contexts, check),
  });
}
