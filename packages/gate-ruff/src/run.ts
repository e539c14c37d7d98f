import type { ToolInfo } from "@towpath/core";
import type { Diagnostic } from "./diagnostics.ts";

/** What one run of ruff saw, whichever engine ran, for one or several components. All paths are repository paths. */
export interface RuffRun {
  readonly tool: ToolInfo;
  /** The files that ruff read and understood or called broken. */
  readonly checked: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
  /** Files that should have been checked and could not be read; without a path, nobody knows which. */
  readonly unreadable: readonly UnreadableFile[];
  /** Files of a kind that the engine cannot read. */
  readonly unsupported: ReadonlySet<string>;
  /** Checked files to which ruff's defaults applied, as there is no configuration for them. */
  readonly unconfigured: ReadonlySet<string>;
  /** What a reader should know, and what lowers `passed` to `warned`. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** A file that could not be read or decoded. */
export interface UnreadableFile {
  readonly file: string | undefined;
  readonly reason: string;
}
