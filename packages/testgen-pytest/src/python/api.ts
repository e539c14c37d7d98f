import { z } from "zod";

const identifier = z
  .string()
  .regex(/^[\p{ID_Start}_][\p{ID_Continue}]*$/u)
  .max(200);
/** Python source on one line, made by `ast.unparse`. */
const source = z.string().regex(/^[^\n\r\f]+$/);

/** A parameter that an API block promises. */
export interface ApiParameter {
  readonly name: string;
  readonly kind:
    | "POSITIONAL_ONLY"
    | "POSITIONAL_OR_KEYWORD"
    | "VAR_POSITIONAL"
    | "KEYWORD_ONLY"
    | "VAR_KEYWORD";
  /** Whether it has a default. */
  readonly optional: boolean;
  /** The default as Python source, when it is a literal. */
  readonly default: string | null;
  /** Source of a Hypothesis strategy for its annotation, where that is certain. */
  readonly strategy: string | null;
  /** Built-in type to check values of its annotation against. */
  readonly type: string | null;
  /** The annotation as written, without quotes. */
  readonly annotation: string | null;
}

/** An exception that the section `Raises` of a docstring names. */
export interface ApiRaise {
  readonly name: string;
  /** Whether Python has it itself. */
  readonly builtin: boolean;
}

/** A function or method that an API block promises. */
export interface ApiFunction {
  readonly type: "function";
  readonly name: string;
  readonly line: number;
  readonly async: boolean;
  readonly binding: "plain" | "static" | "class" | "property";
  /** Whether it has decorators that may change its signature. */
  readonly decorated: boolean;
  readonly parameters: readonly ApiParameter[];
  readonly returns: string | null;
  readonly returnType: string | null;
  readonly raises: readonly ApiRaise[];
}

/** A class that an API block promises. */
export interface ApiClass {
  readonly type: "class";
  readonly name: string;
  readonly line: number;
  readonly bases: readonly string[];
  readonly dataclass: boolean;
  readonly members: readonly ApiDefinition[];
  readonly raises: readonly ApiRaise[];
}

/** A name with a value. */
export interface ApiValue {
  readonly type: "value";
  readonly name: string;
  readonly line: number;
  /** As Python source, when it is a literal. */
  readonly value: string | null;
}

/** What an API block defines. */
export type ApiDefinition = ApiFunction | ApiClass | ApiValue;

/** An example that may be written into a test: every part was made anew from checked nodes. */
export interface PythonExample {
  readonly setup: readonly string[];
  readonly expression: string;
  /** Names of the API that the expression uses. */
  readonly uses: readonly string[];
  /** The expression with `p1`, `p2`, … in place of its literal arguments, if it has any. */
  readonly template: string | null;
  readonly values: readonly string[];
  readonly value?:
    | {
        readonly source: string;
        /** `same`: by identity. `close`: by `pytest.approx`. */
        readonly style: "equal" | "same" | "close";
        readonly literal: boolean;
      }
    | undefined;
  /** `broad`: `NotImplementedError` is one of them, too. */
  readonly raises?: { readonly source: string; readonly broad: boolean } | undefined;
}

/** One name of the implementation that does nothing, as a statement. */
export interface NullStatement {
  readonly name: string;
  readonly source: string;
}

/** What the API blocks and examples of a specification say, as Python reads them. */
export interface PythonReading {
  readonly blocks: readonly {
    readonly definitions: readonly ApiDefinition[];
    readonly error: string | null;
  }[];
  /** In the order of the request; `refused` says why an example is not written into a test. */
  readonly examples: readonly (PythonExample | { readonly refused: string })[];
  readonly nothing: readonly NullStatement[];
}

const line = z.int().min(1);
const raise: z.ZodType<ApiRaise> = z.strictObject({ name: identifier, builtin: z.boolean() });
const parameter: z.ZodType<ApiParameter> = z.strictObject({
  name: identifier,
  kind: z.enum(["POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD"]),
  optional: z.boolean(),
  default: source.nullable(),
  strategy: source.nullable(),
  type: identifier.nullable(),
  annotation: z.string().nullable(),
});
const definition: z.ZodType<ApiDefinition> = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("function"),
      name: identifier,
      line,
      async: z.boolean(),
      binding: z.enum(["plain", "static", "class", "property"]),
      decorated: z.boolean(),
      parameters: z.array(parameter),
      returns: z.string().nullable(),
      returnType: identifier.nullable(),
      raises: z.array(raise),
    }),
    z.strictObject({
      type: z.literal("class"),
      name: identifier,
      line,
      bases: z.array(identifier),
      dataclass: z.boolean(),
      members: z.array(definition),
      raises: z.array(raise),
    }),
    z.strictObject({ type: z.literal("value"), name: identifier, line, value: source.nullable() }),
  ]),
);

/** The form in which the Python program answers. */
export const pythonReading: z.ZodType<PythonReading> = z.strictObject({
  blocks: z.array(z.strictObject({ definitions: z.array(definition), error: z.string().nullable() })),
  examples: z.array(
    z.union([
      z.strictObject({ refused: z.string() }),
      z.strictObject({
        setup: z.array(source),
        expression: source,
        uses: z.array(identifier),
        template: source.nullable(),
        values: z.array(source),
        value: z
          .strictObject({ source, style: z.enum(["equal", "same", "close"]), literal: z.boolean() })
          .optional(),
        raises: z.strictObject({ source, broad: z.boolean() }).optional(),
      }),
    ]),
  ),
  nothing: z.array(z.strictObject({ name: identifier, source: z.string() })),
});
