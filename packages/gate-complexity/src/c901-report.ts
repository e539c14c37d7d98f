import { Breakage } from "@towpath/core";
import { z } from "zod";
import type { FileOutcome, MeasuredFunction } from "./engine.ts";

const location = z.looseObject({ row: z.int().min(1), column: z.int().min(1) });
const schema = z.array(
  z.looseObject({
    code: z.string().nullable(),
    message: z.string(),
    start_location: location,
    end_location: location,
  }),
);

/**
 * Reads ruff's diagnostics for one file, checked for rule C901 with a limit of 0, so that every function is reported.
 * @throws {Breakage} `parse` on anything else
 */
export function parseC901(diagnostics: unknown): FileOutcome {
  const parsed = schema.safeParse(diagnostics);
  if (!parsed.success) throw unknown(z.prettifyError(parsed.error));
  const syntax = parsed.data.find(({ code }) => code === "invalid-syntax");
  if (syntax) return { kind: "unparsed", reason: `line ${syntax.start_location.row}: ${syntax.message}` };
  const functions = parsed.data.map(
    ({ code, message, start_location: start, end_location: end }): MeasuredFunction => {
      const [, name, complexity] =
        (code === "C901" && /^`(.+)` is too complex \((\d+) > 0\)$/.exec(message)) || [];
      if (name === undefined) throw unknown(`${code}: ${message}`);
      return {
        name,
        complexity: Number(complexity),
        range: { startLine: start.row, startColumn: start.column, endLine: end.row, endColumn: end.column },
      };
    },
  );
  return { kind: "measured", functions };
}

function unknown(words: string): Breakage {
  return new Breakage("parse", { message: "ruff's diagnostics are not as expected", why: words });
}
