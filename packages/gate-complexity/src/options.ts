import { z } from "zod";

/** What the user writes. */
export interface ComplexityUserOptions {
  /**
   * The highest cyclomatic complexity that a function may have.
   * @default 10
   */
  max?: number | undefined;
  /**
   * What measures: `radon`, the embedded `c901` of ruff, or `auto`: radon where it is found. Their figures differ.
   * @default "auto"
   */
  engine?: "auto" | "radon" | "c901" | undefined;
  /** Path of radon, absolute or relative to the repository root. */
  command?: string | undefined;
}

/** The options with their defaults. */
export interface ComplexityOptions {
  readonly max: number;
  readonly engine: "auto" | "radon" | "c901";
  readonly command?: string | undefined;
}

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<ComplexityOptions, ComplexityUserOptions | undefined> = z
  .strictObject({
    max: z.int().min(1).default(10),
    engine: z.enum(["auto", "radon", "c901"]).default("auto"),
    command: z.string().min(1).optional(),
  })
  .prefault({});
