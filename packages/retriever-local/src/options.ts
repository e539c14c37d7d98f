import { z } from "zod";

/** There is nothing to set: what is found follows from the repository and the specification. */
export type LocalRetrieverOptions = Readonly<Record<string, never>>;

/** Checks the options; any key is refused. */
export const options: z.ZodType<LocalRetrieverOptions, LocalRetrieverOptions | undefined> = z
  .strictObject({})
  .prefault({});
