import { join } from "node:path";
import { Breakage, isTowpathError, type Sample } from "@towpath/core";
import { excerpt, parseJson, readReport, toRepoPath } from "@towpath/kit";
import { z } from "zod";

/** Which samples of a file count. */
export interface FileQuestion {
  /** Absolute path of the repository. */
  readonly root: string;
  /** A `.jsonl` or `.csv` file, relative to the root. */
  readonly file: string;
  /** A line that names another component, environment or digest tells of something else. */
  readonly of: Readonly<Pick<Sample, "component" | "environment" | "digest">>;
}

/** One line of a file. What is not named here is passed over. */
interface Line {
  readonly t: string | number;
  readonly state?: "up" | "down" | "unknown" | undefined;
  readonly ok?: boolean | undefined;
  readonly component?: string | undefined;
  readonly environment?: string | undefined;
  readonly digest?: string | undefined;
}

const about = {
  component: z.string().optional(),
  environment: z.string().optional(),
  digest: z.string().optional(),
};
const state = z.enum(["up", "down", "unknown"], { error: "must be up, down or unknown" }).optional();
const one = { error: "must have either `state` or `ok`" };
const said = (line: { readonly state?: unknown; readonly ok?: unknown }): boolean =>
  (line.state === undefined) !== (line.ok === undefined);

const jsonLine: z.ZodType<Line> = z
  .looseObject({ t: z.union([z.string(), z.number()]), state, ok: z.boolean().optional(), ...about })
  .refine(said, one);
const csvLine: z.ZodType<Line, unknown> = z
  .looseObject({
    t: z.string().transform((text) => (/^\d+$/.test(text) ? Number(text) : text)),
    state,
    ok: z
      .enum(["true", "false", "1", "0"], { error: "must be true, false, 1 or 0" })
      .transform((text) => text === "true" || text === "1")
      .optional(),
    ...about,
  })
  .refine(said, one);

/** Milliseconds before September 2001 are seconds of today. */
const earliestMs = 1e12;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Reads samples of a file: JSON Lines, or CSV whose first line names the columns. `t` is an ISO time with its zone or
 * epoch milliseconds; beside it stands `state` (`up`, `down`, `unknown`) or `ok`. `component`, `environment` and
 * `digest` may say whom a line is about.
 * @throws {Breakage} `parse` with file and line when the file cannot be read or a line has another form; `tool-config`
 * when the file lies outside the repository
 */
export async function fileSamples({
  root,
  file,
  of,
}: FileQuestion): Promise<readonly Pick<Sample, "t" | "state">[]> {
  const text = await readReport(join(root, confined(root, file)), "what probes the release");
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  // A line without its end may be half a line.
  if (lines.pop() !== "") throw refused(file, lines.length + 1, "the last line has no end: the file was cut");
  const read = file.endsWith(".csv") ? fromCsv(file, lines) : fromJson(file, lines);
  return read
    .filter(({ line }) => concerns(line, of))
    .map(({ line, number }) => ({ t: timeOf(line.t, file, number), state: stateOf(line) }));
}

interface Numbered {
  readonly line: Line;
  readonly number: number;
}

function fromJson(file: string, lines: readonly string[]): readonly Numbered[] {
  return lines.map((text, index) => {
    const number = index + 1;
    let value: unknown;
    try {
      value = parseJson(text, "the line");
    } catch (cause) {
      throw refused(file, number, cause instanceof Error ? cause.message : "it is no JSON", cause);
    }
    return { line: checked(jsonLine, value, file, number), number };
  });
}

function fromCsv(file: string, [head, ...rows]: readonly string[]): readonly Numbered[] {
  if (head === undefined) throw refused(file, 1, "the line with the names of the columns is missing");
  const names = cells(head, file, 1);
  if (new Set(names).size < names.length) throw refused(file, 1, "two columns have the same name");
  return rows.map((row, index) => {
    const number = index + 2;
    const values = cells(row, file, number);
    if (values.length !== names.length)
      throw refused(file, number, `${values.length} cells for ${names.length} columns`);
    const filled = names.flatMap((name, at) => {
      const value = values[at] ?? "";
      return value === "" ? [] : [[name, value] as const];
    });
    return { line: checked(csvLine, Object.fromEntries(filled), file, number), number };
  });
}

/** The cells of a line; a quoted one may hold commas and doubled quotes, but no line break. */
function cells(row: string, file: string, number: number): readonly string[] {
  if (!/^(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*$/.test(row))
    throw refused(file, number, "a quote stands in the wrong place");
  return [...`,${row}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain = ""]) =>
    quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'),
  );
}

function checked(schema: z.ZodType<Line, unknown>, value: unknown, file: string, number: number): Line {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused(file, number, `${issue?.path.join(".") || "the line"}: ${issue?.message ?? "unknown form"}`);
}

function concerns(line: Line, of: FileQuestion["of"]): boolean {
  return (["component", "environment", "digest"] as const).every(
    (key) => line[key] === undefined || line[key] === of[key],
  );
}

function timeOf(t: string | number, file: string, number: number): number {
  if (typeof t === "string") {
    const time = isoTime.test(t) ? Date.parse(t) : Number.NaN;
    if (Number.isNaN(time))
      throw refused(file, number, "t: must be an ISO time with its zone, or epoch milliseconds");
    return time;
  }
  if (!Number.isSafeInteger(t) || t < earliestMs)
    throw refused(
      file,
      number,
      "t: must be whole milliseconds since 1970 (these look like seconds, or are too few)",
    );
  return t;
}

function stateOf({ state: named, ok }: Line): Sample["state"] {
  return named ?? (ok === true ? "up" : "down");
}

function confined(root: string, file: string): string {
  try {
    return toRepoPath(root, file);
  } catch (cause) {
    if (!isTowpathError(cause)) throw cause;
    throw new Breakage("tool-config", { message: cause.message, where: [file], cause });
  }
}

function refused(file: string, line: number, reason: string, cause?: unknown): Breakage {
  return new Breakage("parse", {
    message: `${file}:${line}: ${excerpt(reason, 300)}`,
    why: "A line that cannot be read may be an outage.",
    where: [`${file}:${line}`],
    cause,
  });
}
