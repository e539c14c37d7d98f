import type { StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import type { z } from "zod";

/** Marks a part of an answer that another tool's schema describes already. */
export const asIn = (tool: string): { readonly asIn: string } => ({ asIn: tool });

/**
 * A schema that checks as it is and is advertised in few words: every model that has the server pays for the list of its
 * tools in each conversation. What is left out, an error says: patterns, limits, and where other keys are refused.
 */
export function advertised<S extends z.ZodType>(schema: S): StandardSchemaWithJSON<z.input<S>, z.output<S>> {
  const { jsonSchema, ...standard } = schema["~standard"] as StandardSchemaWithJSON<
    z.input<S>,
    z.output<S>
  >["~standard"];
  return {
    "~standard": {
      ...standard,
      jsonSchema: {
        input: (options) => shortSchema(jsonSchema.input(options)),
        output: (options) => shortSchema(jsonSchema.output(options)),
      },
    },
  };
}

const leftOut: ReadonlySet<string> = new Set([
  "$schema",
  "pattern",
  "minLength",
  "maxLength",
  "maxItems",
  "minimum",
  "maximum",
  "additionalProperties",
]);

function shortSchema(schema: Record<string, unknown>): Record<string, unknown> {
  const known = schema["asIn"];
  if (typeof known === "string") return { type: "object", description: `as in ${known}` };
  const kept = Object.entries(schema).filter(([key]) => !leftOut.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === "properties" ? shortProperties(value) : shortValue(value)]),
  );
}

/** Properties may have any name, that of a keyword too. */
function shortProperties(properties: unknown): unknown {
  if (!isRecord(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, shortValue(value)]));
}

function shortValue(value: unknown): unknown {
  return isRecord(value) ? shortSchema(value) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
