import { z } from "zod";

/** What the user writes. */
export interface TestgenUserOptions {
  /**
   * Names of environment variables that the component's tests need, as for `gate-coverage`. Others do not reach them.
   * @default []
   */
  env?: string[] | undefined;
}

/** The options with their defaults. */
export interface TestgenOptions {
  readonly env: readonly string[];
}

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<TestgenOptions, TestgenUserOptions | undefined> = z
  .strictObject({ env: z.array(z.string().regex(/^[A-Za-z_]\w*$/)).default([]) })
  .prefault({});
