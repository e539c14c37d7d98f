import { createHash } from "node:crypto";
import { Breakage, type GateContext } from "@towpath/core";
import { excerpt, parseReport, runTool, type Tool } from "@towpath/kit";
import { z } from "zod";
import { docstringScript } from "./docstring-script.ts";

/** Something public that a docstring could describe. */
export interface Definition {
  readonly kind: "module" | "class" | "method" | "function";
  /** `Shelf.add`; empty for a module. */
  readonly name: string;
  readonly line: number;
  readonly column: number;
  /** Exclusive. */
  readonly endColumn: number;
  readonly documented: boolean;
  /** Whether its docstring holds an example that `doctest` would run. */
  readonly doctest: boolean;
}

/** A source file to look into. */
export interface SourceFile {
  /** POSIX, relative to the repository root. */
  readonly path: string;
  /** Whether what is in it can be public; it is parsed all the same. */
  readonly public: boolean;
}

/** Most output that is read, in bytes. */
const maxOutputBytes = 64 * 1024 * 1024;

const definition: z.ZodType<Definition> = z.object({
  kind: z.enum(["module", "class", "method", "function"]),
  name: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
  endColumn: z.int().min(1),
  documented: z.boolean(),
  doctest: z.boolean(),
});

const answer = z.object({
  files: z.array(
    z.object({
      definitions: z.array(definition),
      error: z.object({ line: z.int().min(1), message: z.string() }).nullable(),
    }),
  ),
});

/**
 * The public definitions of source files, by the component's Python, in one process that imports nothing: `-I` ignores
 * the environment and the working directory, `-S` the site packages. Paths go through standard input.
 * @returns one list for each file, in their order
 * @throws {Breakage} `tool-version` below Python 3.8, `tool-crash` when Python breaks, `mismatch` when its answer is not
 *   the one that it wrote or not what was asked for, `parse` when a file is no Python: what it holds is unknown
 */
export async function definitionsOf(
  ctx: GateContext,
  python: Tool,
  files: readonly SourceFile[],
): Promise<readonly (readonly Definition[])[]> {
  const [major = 0, minor = 0] = python.info.version.split(".").map(Number);
  if (major < 3 || (major === 3 && minor < 8)) {
    const message = `Python ${python.info.version} cannot list definitions: 3.8 or newer is needed`;
    throw new Breakage("tool-version", { message });
  }
  const { code, stdout, stderr } = await runTool(ctx, python, ["-I", "-S", "-c", docstringScript], {
    stdin: JSON.stringify({ files }),
    maxOutputBytes,
  });
  if (code !== 0) {
    throw new Breakage("tool-crash", {
      message: `Python ended with exit code ${code} while parsing ${files.length} source files`,
      why: excerpt(stderr),
    });
  }
  const { files: read } = parseReport(answer, sealed(stdout), "the list of docstrings");
  if (read.length !== files.length) {
    const message = `Python was asked for ${files.length} files, and answered for ${read.length}`;
    throw new Breakage("mismatch", { message });
  }
  refuseUnparsed(files, read, python);
  return read.map(({ definitions }) => definitions);
}

/** The answer behind its digest. @throws {Breakage} `mismatch` when the digest is that of another text */
function sealed(stdout: string): string {
  const end = stdout.indexOf("\n");
  const text = stdout.slice(end + 1);
  if (end >= 0 && createHash("sha256").update(text).digest("hex") === stdout.slice(0, end)) return text;
  throw new Breakage("mismatch", {
    message: "the list of docstrings is not what Python wrote: it was cut or changed",
    why: `It begins: ${excerpt(stdout, 300)}`,
  });
}

function refuseUnparsed(
  files: readonly SourceFile[],
  read: z.infer<typeof answer>["files"],
  python: Tool,
): void {
  const where = files.flatMap(({ path }, index) => {
    const error = read[index]?.error;
    return error ? [`${path}:${error.line}: ${excerpt(error.message, 200)}`] : [];
  });
  if (where.length === 0) return;
  throw new Breakage("parse", {
    message: `Python ${python.info.version} could not parse ${where.length} of ${files.length} files`,
    why: "What is public in them, and whether it is described, is unknown.",
    where,
    fix: ["Mend the syntax.", "If it is newer than this Python: name the component's own as `python`."],
  });
}
