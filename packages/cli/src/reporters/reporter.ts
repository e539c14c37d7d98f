import type { RunReport, TowpathEvent } from "@towpath/core";

/** Shows a run. Progress goes to standard error, the result to standard output. */
export interface Reporter {
  event(event: TowpathEvent): void;
  /** @param files what was written about the run */
  finish(report: RunReport, files: ReportFiles): void | Promise<void>;
}

/** Files about a run, relative to the working directory of the process. */
export interface ReportFiles {
  /** `undefined` when nothing could be stored. */
  readonly result: string | undefined;
  readonly report: string | undefined;
  readonly patches: readonly string[];
}

/** Where a reporter writes. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
}
