import { z } from "zod";

/** What the user writes. */
export interface MetricsUserOptions {
  /** Folder of the files, relative to the repository root. @default ".metrics" */
  folder?: string | undefined;
  /** Days after which a file is removed, by the date in its name. @default 30 */
  retentionDays?: number | undefined;
}

/** The checked options. */
export interface MetricsOptions {
  readonly folder: string;
  readonly retentionDays: number;
}

/** Checks what the user wrote. */
export const options: z.ZodType<MetricsOptions, MetricsUserOptions | undefined> = z
  .strictObject({
    folder: z.string().min(1).default(".metrics"),
    retentionDays: z.int().min(1).max(3650).default(30),
  })
  .prefault({});
