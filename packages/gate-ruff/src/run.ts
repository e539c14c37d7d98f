import type { ToolInfo } from "@towpath/core";
import type { Diagnostic } from "./diagnostics.ts";

/** What one run of ruff saw, whichever engine ran. All paths are relative to the repository root. */
export interface RuffRun {
  readonly tool: ToolInfo;
  /** The files that ruff read and understood or called broken. */
  readonly checked: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
  /** Files that should have been checked and could not be read. */
  readonly unreadable: readonly UnreadableFile[];
  /** Whether ruff's defaults applied, at least to some file, as there is no configuration. */
  readonly unconfigured: boolean;
  /** What a reader should know, and what lowers `passed` to `warned`. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** A file that could not be read or decoded. */
export interface UnreadableFile {
  readonly file: string;
  readonly reason: string;
}
