import { z } from "zod";

/** What a webhook can be told of. */
export type Topic =
  | "workflow-complete"
  | "workflow-failed"
  | "workflow-waiting"
  | "stage-failed"
  | "gate-failed";

/** The topics, in the order of the documentation. */
export const topics: readonly Topic[] = [
  "workflow-complete",
  "workflow-failed",
  "workflow-waiting",
  "stage-failed",
  "gate-failed",
];

/** What the user writes. */
export interface WebhookUserOptions {
  /** Name of the environment variable that holds the address, which is a secret. */
  urlFrom: string;
  /** What it is told of. @default all but waiting */
  on?: Topic[] | undefined;
  /** Shown before the component's name, e.g. the project's. @default nothing */
  prefix?: string | undefined;
}

/** The checked options. */
export interface WebhookOptions {
  readonly urlFrom: string;
  readonly on: readonly Topic[];
  readonly prefix?: string | undefined;
}

const usual: readonly Topic[] = topics.filter((topic) => topic !== "workflow-waiting");

/** Checks what the user wrote. */
export const options: z.ZodType<WebhookOptions, WebhookUserOptions> = z.strictObject({
  urlFrom: z.string().regex(/^[A-Z_][A-Z0-9_]*$/, "must be the name of an environment variable"),
  on: z
    .array(z.enum(topics))
    .min(1)
    .default([...usual]),
  prefix: z.string().max(80).optional(),
});
