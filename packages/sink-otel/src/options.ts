import { z } from "zod";

/** What can be sent. */
export type Signal = "traces" | "metrics" | "logs";

/** What the user writes. */
export interface OtelUserOptions {
  /**
   * Address of the collector, to which `/v1/traces` and so on are added.
   * @default the variable OTEL_EXPORTER_OTLP_ENDPOINT, else http://localhost:4318
   */
  endpoint?: string | undefined;
  /** What is sent. @default all three */
  signals?: Signal[] | undefined;
  /** Name of the pipeline in every span. @default "spec-to-production" */
  pipeline?: string | undefined;
  /** How long a collector may keep a run from ending, in milliseconds. @default 2000 */
  timeoutMs?: number | undefined;
}

/** The checked options. */
export interface OtelOptions {
  readonly endpoint?: string | undefined;
  readonly signals: readonly Signal[];
  readonly pipeline: string;
  readonly timeoutMs: number;
}

/** Checks what the user wrote. */
export const options: z.ZodType<OtelOptions, OtelUserOptions | undefined> = z
  .strictObject({
    endpoint: z.url({ protocol: /^https?$/ }).optional(),
    signals: z
      .array(z.enum(["traces", "metrics", "logs"]))
      .min(1)
      .default(["traces", "metrics", "logs"]),
    pipeline: z.string().min(1).max(200).default("spec-to-production"),
    timeoutMs: z.int().min(100).max(60_000).default(2_000),
  })
  .prefault({});
