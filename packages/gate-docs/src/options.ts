import type { Target } from "@towpath/core";
import { z } from "zod";

/** What the user writes. */
export interface DocsUserOptions {
  /**
   * Lowest acceptable share of public modules, classes, functions and methods that have a docstring, in percent, for
   * each target. @default { dev: 0, staging: 80, production: 90 }
   */
  docstrings?: { readonly [T in Target]?: number | undefined } | undefined;
  /**
   * The README, relative to the repository root. @default the nearest one: in the folder of the source, or in a folder
   * above it up to the root
   */
  readme?: string | undefined;
}

/** The options with their defaults. */
export interface DocsOptions {
  readonly docstrings: Readonly<Record<Target, number>>;
  readonly readme?: string | undefined;
}

const percent = z.number().min(0).max(100);

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<DocsOptions, DocsUserOptions | undefined> = z
  .strictObject({
    docstrings: z
      .strictObject({
        dev: percent.default(0),
        staging: percent.default(80),
        production: percent.default(90),
      })
      .prefault({}),
    readme: z
      .string()
      .min(1)
      .refine((path) => !path.startsWith("/") && !path.split("/").includes(".."), {
        error: "must lie below the repository root",
      })
      .optional(),
  })
  .prefault({});
