import { z } from "zod";

/** A parameter of a Python function. */
export interface Parameter {
  readonly name: string;
  /** `rest` is `*args`, `keyword-rest` is `**kwargs`. */
  readonly kind: "positional-only" | "positional" | "rest" | "keyword-only" | "keyword-rest";
  readonly default: boolean;
  /** Written in one way for equal types: `Optional[int]` is `None | int`. */
  readonly annotation: string | null;
}

/** A Python function or method. */
export interface FunctionDefinition {
  readonly type: "function";
  readonly name: string;
  /** 1-based, in its text. */
  readonly line: number;
  readonly async: boolean;
  readonly binding: "plain" | "static" | "class" | "property";
  readonly parameters: readonly Parameter[];
  readonly returns: string | null;
}

/** A Python class. */
export interface ClassDefinition {
  readonly type: "class";
  readonly name: string;
  readonly line: number;
  /** Last names of its base classes. */
  readonly bases: readonly string[];
  /** Whether a decorator or class argument may add to it. */
  readonly decorated: boolean;
  readonly members: readonly Definition[];
}

/** A name that a Python text binds. */
export type Definition =
  | FunctionDefinition
  | ClassDefinition
  | { readonly type: "value"; readonly name: string; readonly line: number }
  | { readonly type: "import"; readonly name: string; readonly line: number; readonly of: string };

/** What is defined in a Python text, or why it could not be parsed. */
export interface PythonText {
  readonly definitions: readonly Definition[];
  readonly error: { readonly line: number; readonly message: string } | null;
}

/** What the extraction program answers, in the order of the request. */
export interface Extraction {
  readonly blocks: readonly PythonText[];
  readonly files: readonly PythonText[];
  /** How many definitions and parameters there are in all: nothing was lost on the way. */
  readonly count: number;
}

const line = z.int().min(1);
const parameter: z.ZodType<Parameter> = z.strictObject({
  name: z.string(),
  kind: z.enum(["positional-only", "positional", "rest", "keyword-only", "keyword-rest"]),
  default: z.boolean(),
  annotation: z.string().nullable(),
});
const definition: z.ZodType<Definition> = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("function"),
      name: z.string(),
      line,
      async: z.boolean(),
      binding: z.enum(["plain", "static", "class", "property"]),
      parameters: z.array(parameter),
      returns: z.string().nullable(),
    }),
    z.strictObject({
      type: z.literal("class"),
      name: z.string(),
      line,
      bases: z.array(z.string()),
      decorated: z.boolean(),
      members: z.array(definition),
    }),
    z.strictObject({ type: z.literal("value"), name: z.string(), line }),
    z.strictObject({ type: z.literal("import"), name: z.string(), line, of: z.string() }),
  ]),
);
const pythonText: z.ZodType<PythonText> = z.strictObject({
  definitions: z.array(definition),
  error: z.strictObject({ line, message: z.string() }).nullable(),
});

/** The schema of the answer; strict, as both sides are ours. */
export const extraction: z.ZodType<Extraction> = z.strictObject({
  blocks: z.array(pythonText),
  files: z.array(pythonText),
  count: z.int().min(0),
});

/** How many definitions and parameters a list holds, nested ones included. */
export function countDefinitions(definitions: readonly Definition[]): number {
  return definitions.reduce((sum, each) => {
    if (each.type === "class") return sum + 1 + countDefinitions(each.members);
    return sum + 1 + (each.type === "function" ? each.parameters.length : 0);
  }, 0);
}
