import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseReport, readJunit } from "@towpath/kit";
import { z } from "zod";
import { parsePytestLog, type PytestLog } from "../src/pytest-log.ts";
import { failingCases } from "../src/failing-cases.ts";
import { died, soundRun, type SoundRun } from "../src/sound-run.ts";

const fixtures = join(import.meta.dirname, "../fixtures");

/** The recorded versions of pytest. */
export const versions: readonly string[] = readdirSync(fixtures).filter((name) => name.startsWith("pytest-"));

/** What a recorded run left behind, as text. */
export interface Recording {
  readonly code: number;
  readonly output: string;
  readonly log: string | undefined;
  readonly junit: string | undefined;
  readonly coverage: string | undefined;
}

/** Reads a recording. */
export function recorded(version: string, name: string): Recording {
  const folder = join(fixtures, version, name);
  const text = (file: string): string | undefined =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : undefined;
  const run = z.strictObject({ code: z.int(), output: z.string() });
  return {
    ...parseReport(run, text("run.json") ?? "", "run.json"),
    log: text("pytest.ndjson"),
    junit: text("junit.xml"),
    coverage: text("coverage.json"),
  };
}

/** The log of a recording that has one. */
export function logOf(version: string, name: string): PytestLog {
  return parsePytestLog(recorded(version, name).log ?? "");
}

/** Judges a recording as the gate judges a live run. */
export function judged({ code, output, log: text, junit }: Recording): SoundRun {
  const log = parsePytestLog(text ?? "");
  const { finish } = log;
  if (finish === undefined) throw died(log, `exit code ${code}`, output);
  const junitFailures = failingCases(readJunit(junit ?? ""));
  return soundRun({ code, output, log, finish, junitFailures, own: new Set(["foo"]) });
}
