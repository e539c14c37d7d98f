import type { GateContext, Range, ToolInfo } from "@towpath/core";

/** One function or method, nested ones included. */
export interface MeasuredFunction {
  /** Qualified as far as the engine does it, e.g. `Order.total`. */
  readonly name: string;
  readonly complexity: number;
  /** Where it begins. */
  readonly range: Range;
}

/** What came of one file. */
export type FileOutcome =
  | { readonly kind: "measured"; readonly functions: readonly MeasuredFunction[] }
  /** The engine could not parse it. */
  | { readonly kind: "unparsed"; readonly reason: string }
  /** The engine's configuration excludes it. */
  | { readonly kind: "left-out" };

/** What came of files, by their paths relative to the repository root. */
export type FileOutcomes = ReadonlyMap<string, FileOutcome>;

/** Something that measures complexity. */
export interface Engine {
  readonly info: ToolInfo;
  /** How the engine's findings are labelled. */
  readonly rule: { readonly id: string; readonly url: string };
  /** Equal for engines that may measure files in one go. */
  readonly key: string;
  /**
   * Measures files.
   * @param files relative to the repository root, at least one
   * @returns an outcome for each of the files
   * @throws {Breakage} when nothing can be said of any file
   */
  measure(ctx: GateContext, files: readonly string[]): Promise<FileOutcomes>;
}
