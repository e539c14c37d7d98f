/** The two commands of ruff that the gates use. */
export type RuffCommand = "check" | "format";

/** What ruff's verbose log tells beside the report. */
export interface RuffLog {
  /** Absolute paths of the files that were looked at, after every exclusion. */
  readonly checked: readonly string[];
  /** Files that were named but could not be looked at, and why. The path is relative to the working directory. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
  /** Path of the configuration for the working directory, if there is one. */
  readonly config: string | undefined;
  /** How many files ruff says it looked at; undefined when it does not say so. */
  readonly total: number | undefined;
  /** Whether ruff said that it found no file at all. */
  readonly empty: boolean;
}

const LOGGED: Readonly<Record<RuffCommand, { readonly file: RegExp; readonly total: RegExp }>> = {
  check: {
    file: /^\[[^\]]*\]\[[^\]]*\]\[ruff::diagnostics\]\[DEBUG\] Checking: (.+)$/gm,
    total: /^\[[^\]]*\]\[[^\]]*\]\[ruff::commands::check\]\[DEBUG\] Checked (\d+) files in: \S+$/m,
  },
  format: {
    file: /^\[[^\]]*\]\[[^\]]*\]\[ruff::commands::format\]\[DEBUG\] format_path; path=(.+)$/gm,
    total: /^\[[^\]]*\]\[[^\]]*\]\[ruff::commands::format\]\[DEBUG\] Formatted (\d+) files in \S+$/m,
  },
};

/**
 * Reads the standard error of `ruff --verbose`. The report lists only files with findings, and `--show-files`
 * ignores `lint.exclude` and `format.exclude`; the log alone names each file that was really looked at. Its lines are
 * the same from 0.12 to 0.17.
 * @example readLog("check", "[2026-11-23][05:21:53][ruff::diagnostics][DEBUG] Checking: /r/a.py\n").checked // ["/r/a.py"]
 */
export function readLog(command: RuffCommand, stderr: string): RuffLog {
  const { file, total } = LOGGED[command];
  const count = total.exec(stderr)?.[1];
  return {
    checked: [...stderr.matchAll(file)].map((match) => match[1] ?? ""),
    unreadable: [...stderr.matchAll(/^warning: Failed to lint (.+?): (.+)$/gm)].map((match) => ({
      file: match[1] ?? "",
      reason: match[2] ?? "",
    })),
    config:
      /^\[[^\]]*\]\[[^\]]*\]\[ruff::resolve\]\[DEBUG\] Using configuration file \([^)]*\) at: (.+)$/m.exec(
        stderr,
      )?.[1],
    total: count === undefined ? undefined : Number(count),
    empty: /^warning: No Python files found under the given path/m.test(stderr),
  };
}
