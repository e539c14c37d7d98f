import { z } from "zod";

/** What names of components and gates look like, as core has it. */
export const namePattern: RegExp = /^[a-z][a-z0-9_-]{0,63}$/;

/** What a run's id looks like. */
export const runPattern: RegExp = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/** What the id of a session looks like. It never begins like an option, and leads nowhere. */
export const sessionPattern: RegExp = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** A component or gate. */
export const name: z.ZodString = z.string().regex(namePattern, "a lower-case name such as payment_api");

/** The name of a component that may be left out where there is but one, or where all are meant. */
export const component: z.ZodOptional<z.ZodString> = name.optional();

/** Names that models write for ours. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  component: ["componentName", "component_name", "name", "module", "package", "project"],
  gate: ["gateName", "gate_name", "check"],
  gates: ["gate", "gateNames", "gate_names", "checks"],
  limit: ["max", "maxResults", "max_results", "pageSize", "page_size", "count"],
  cursor: ["nextCursor", "next_cursor", "page", "pageToken", "page_token"],
  target: ["environment", "env", "stage"],
  subject: ["id", "code", "query", "topic", "finding", "gate", "run"],
  budget: ["tokens", "maxTokens", "max_tokens", "tokenBudget", "token_budget"],
  text: ["content", "message", "decision", "note", "value"],
  importance: ["priority", "weight"],
  to: ["target", "environment", "env"],
};

/**
 * Arguments of a tool: unknown ones are refused by name, and names that models tend to write instead are understood.
 * @example toolArguments({ component }).parse({ component_name: "foo" }) // { component: "foo" }
 */
export function toolArguments<S extends z.ZodRawShape>(shape: S): ToolArguments<S> {
  return z.preprocess((input) => renamed(input, Object.keys(shape)), z.strictObject(shape));
}

/** The type of `toolArguments`. */
export type ToolArguments<S extends z.ZodRawShape> = z.ZodPreprocess<z.ZodObject<S, z.core.$strict>>;

function renamed(input: unknown, known: readonly string[]): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  const taken = new Set(Object.keys(input));
  return Object.fromEntries(
    Object.entries(input).map(([key, value]): readonly [string, unknown] => {
      if (known.includes(key)) return [key, listed(key, value)];
      const meant = known.find(
        (one) => !taken.has(one) && Object.hasOwn(aliases, one) && aliases[one]?.includes(key),
      );
      return meant === undefined ? [key, value] : [meant, listed(meant, value)];
    }),
  );
}

/** A single gate where a list is asked. */
function listed(key: string, value: unknown): unknown {
  return key === "gates" && typeof value === "string" ? [value] : value;
}
