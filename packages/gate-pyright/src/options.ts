import { z } from "zod";

/** What the user writes. */
export interface PyrightUserOptions {
  /**
   * How many type errors are tolerated.
   * @default 0
   */
  maxErrors?: number | undefined;
  /**
   * Whether pyright's warnings are only shown or fail the gate, as `pyright --warnings` does.
   * @default "report"
   */
  warnings?: "report" | "fail" | undefined;
}

/** The options with their defaults. */
export interface PyrightOptions {
  readonly maxErrors: number;
  readonly warnings: "report" | "fail";
}

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<PyrightOptions, PyrightUserOptions | undefined> = z
  .strictObject({
    maxErrors: z.int().min(0).default(0),
    warnings: z.enum(["report", "fail"]).default("report"),
  })
  .prefault({});
