import { Breakage, type GateContext } from "@towpath/core";

/** Which files a gate looks at. */
export interface CandidateRequest {
  /** The component's source, its tests, or both. */
  readonly of: "source" | "tests" | "both";
  /** Endings of file names, e.g. `[".py", ".pyi"]`. */
  readonly suffixes: readonly string[];
}

/**
 * The files that a gate must look at, before any tool decides for itself. Nothing to look at is breakage.
 * @returns POSIX paths relative to the repository root, sorted
 * @throws {Breakage} `no-input` when a declared path does not exist, or no file has one of the endings
 * @example const files = await candidates(ctx, { of: "source", suffixes: [".py"] });
 */
export async function candidates(
  ctx: GateContext,
  { of, suffixes }: CandidateRequest,
): Promise<readonly string[]> {
  const { name, source, tests } = ctx.component;
  const paths = { source, tests, both: [...source, ...tests] }[of];
  const noInput = (message: string): Breakage => new Breakage("no-input", { message, where: paths });
  if (paths.length === 0) throw noInput(`the component ${name} declares no ${of === "both" ? "paths" : of}`);
  const { files, missing } = await ctx.workspace.list(paths);
  if (missing.length > 0) throw noInput(`${missing.join(", ")} of the component ${name} does not exist`);
  const found = files.filter((file) => suffixes.some((suffix) => file.endsWith(suffix)));
  if (found.length > 0) return found;
  throw noInput(
    `no ${suffixes.join(" or ")} file below ${paths.join(", ")} (of ${files.length} files that git does not ignore)`,
  );
}
