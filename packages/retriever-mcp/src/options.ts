import { z } from "zod";

/** For what a tool is asked: once for each requirement, API name or third-party library, or once for the specification. */
export type AskedFor = "requirement" | "name" | "library" | "specification";

/** A tool of a server, and how it is asked. */
export interface ToolUserOptions {
  /** Its name in the server's list. */
  tool: string;
  /**
   * For what it is asked.
   * @default "requirement"
   */
  for?: AskedFor | undefined;
  /**
   * What it is sent. In texts, `{id}`, `{title}` and `{text}` stand for the requirement, `{name}` for the API name,
   * `{library}` for the library and `{component}` for the component.
   */
  arguments: Record<string, string | number | boolean>;
  /**
   * Most calls in one run, 1 to 20.
   * @default 3
   */
  max?: number | undefined;
}

interface CommonUserOptions {
  /** The retriever's name: `^[a-z][a-z0-9_-]{0,63}$`. */
  name: string;
  /** A server that is known: it needs no `tools`. */
  preset?: "context7" | "serena" | undefined;
  /** What it is asked. */
  tools?: ToolUserOptions[] | undefined;
  /**
   * Limit of the whole consultation in milliseconds, 100 to 50000.
   * @default 30000
   */
  timeoutMs?: number | undefined;
}

/** A server that is started for the consultation and spoken with over its standard input and output. */
export interface CommandServerUserOptions extends CommonUserOptions {
  /** Program and arguments: an absolute path, or a name on PATH. No shell. */
  command: string[];
  /**
   * Names of environment variables that it gets besides PATH, HOME and the like.
   * @default []
   */
  env?: string[] | undefined;
}

/** A server on the network. */
export interface UrlServerUserOptions extends CommonUserOptions {
  /** `https:`, or `http:` on this machine. */
  url: string;
  /**
   * Headers by name, each with the environment variable that holds its value.
   * @default {}
   */
  headers?: Record<string, string> | undefined;
}

/** What the user writes. */
export interface McpRetrieverUserOptions {
  /** The servers that are asked, each a retriever of its own. None is asked that is not named here. */
  servers: (CommandServerUserOptions | UrlServerUserOptions)[];
}

/** A tool with its defaults. */
export interface ToolUse {
  readonly tool: string;
  readonly for: AskedFor;
  readonly arguments: Readonly<Record<string, string | number | boolean>>;
  readonly max: number;
}

/** A server with its defaults. */
export type ServerOptions = {
  readonly name: string;
  readonly preset?: "context7" | "serena" | undefined;
  readonly tools: readonly ToolUse[];
  readonly timeoutMs: number;
} & (
  | { readonly command: readonly string[]; readonly env: readonly string[] }
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
);

/** The options with their defaults. */
export interface McpRetrieverOptions {
  readonly servers: readonly ServerOptions[];
}

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is no name of an environment variable");
const tool = z.strictObject({
  tool: z.string().min(1).max(128),
  for: z.enum(["requirement", "name", "library", "specification"]).default("requirement"),
  arguments: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  max: z.int().min(1).max(20).default(3),
});
const common = {
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, "is no name: a to z, digits, _ and -, at most 64"),
  preset: z.enum(["context7", "serena"]).optional(),
  tools: z.array(tool).default([]),
  timeoutMs: z.int().min(100).max(50_000).default(30_000),
};
const server = z
  .union([
    z.strictObject({
      ...common,
      command: z.array(z.string().min(1)).min(1),
      env: z.array(variable).default([]),
    }),
    z.strictObject({
      ...common,
      url: z.url().refine(isSafeUrl, "must be https:, or http: on this machine, and hold no credentials"),
      headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), variable).default({}),
    }),
  ])
  .refine(({ preset, tools }) => preset !== undefined || tools.length > 0, "names neither a preset nor tools")
  .refine(({ preset, tools }) => preset === undefined || tools.length === 0, "names both a preset and tools");

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<McpRetrieverOptions, McpRetrieverUserOptions> = z.strictObject({
  servers: z
    .array(server)
    .min(1)
    .refine(
      (all) => new Set(all.map(({ name }) => name)).size === all.length,
      "two servers have the same name",
    ),
});

function isSafeUrl(text: string): boolean {
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return (
    protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname))
  );
}
