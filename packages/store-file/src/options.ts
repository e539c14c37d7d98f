import { z } from "zod";

/** What the user writes. */
export interface StoreFileUserOptions {
  /**
   * Folder of the sessions, relative to the repository root.
   * @default ".augment/context/sessions" where that exists, else ".towpath/sessions"
   */
  folder?: string | undefined;
}

/** The options with their defaults. */
export interface StoreFileOptions {
  readonly folder?: string | undefined;
}

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<StoreFileOptions, StoreFileUserOptions | undefined> = z
  .strictObject({ folder: z.string().min(1).optional() })
  .prefault({});
