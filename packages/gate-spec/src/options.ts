import { z } from "zod";

/** The plugin has no options: what a specification must have is not for a project to lower. */
export type SpecUserOptions = Readonly<Record<string, never>>;

/** The schema of the options. */
export const options: z.ZodType<SpecUserOptions, SpecUserOptions | undefined> = z
  .strictObject({})
  .prefault({});
