import { z } from "zod";

/** One request of the load, as the user writes it. */
export interface RequestUserOptions {
  /** @default "GET" */
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | undefined;
  /** Path below the address of the deployed release, with its query; begins with `/`. */
  path: string;
  /** Text is sent as it is, anything else as JSON with its content type. */
  body?: unknown;
  headers?: Readonly<Record<string, string>> | undefined;
  /** The one right status. @default any from 200 to 299 */
  status?: number | undefined;
}

/** The limits, as the user writes them. */
export interface LimitsUserOptions {
  /** Within how many milliseconds 95 % of the answers to each request must be there. @default 5000 */
  p95Ms?: number | undefined;
  /** Highest share of errors of all requests, from 0 to 1. @default 0 */
  errorRate?: number | undefined;
  /** Fewest good answers in a second. @default not required */
  minPerSecond?: number | undefined;
}

/** What the user writes. */
export interface PerformanceUserOptions {
  /** What is asked of the release, each in turn. */
  requests: RequestUserOptions[];
  /** How many requests are under way at a time. @default 10 */
  connections?: number | undefined;
  /** How many requests are counted in a round, at least 20 of each. @default 1000; without limit if `durationMs` is set */
  amount?: number | undefined;
  /** How long a round lasts at most, in milliseconds. @default 30000, which is also the most */
  durationMs?: number | undefined;
  limits?: LimitsUserOptions | undefined;
}

/** One request of the load. */
export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly status?: number | undefined;
}

/** The limits with their defaults. */
export interface Limits {
  readonly p95Ms: number;
  readonly errorRate: number;
  readonly minPerSecond?: number | undefined;
}

/** The options with their defaults. */
export interface PerformanceOptions {
  readonly requests: readonly LoadRequest[];
  readonly connections: number;
  readonly amount: number;
  readonly durationMs: number;
  readonly limits: Limits;
}

/** Fewest answers from which a 95th percentile can be told. */
export const fewestAnswers = 20;

/** Most requests of a round: all their times are kept. */
const mostRequests = 100_000;

/** Headers that the connection needs for itself, or that would lead the request to another host. */
const reserved = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const headers = z.record(
  z
    .string()
    .regex(/^[\w!#$%&'*+.^`|~-]+$/, "not the name of a header")
    .refine((name) => !reserved.has(name.toLowerCase()), { error: "belongs to the connection" }),
  z.string().regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/, "has characters that a header cannot hold"),
);

const request: z.ZodType<LoadRequest, RequestUserOptions> = z
  .strictObject({
    method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]).default("GET"),
    path: z
      .string()
      .regex(/^\/[\u0021\u0022\u0024-\u007e]*$/, "must begin with / and hold no space and no #"),
    body: z.json().optional(),
    headers: headers.default({}),
    status: z.int().min(200).max(599).optional(),
  })
  .transform(({ body, headers: written, ...rest }): LoadRequest => {
    if (body === undefined) return { ...rest, headers: written };
    if (typeof body === "string") return { ...rest, body, headers: written };
    const names = Object.keys(written).map((name) => name.toLowerCase());
    const type = names.includes("content-type") ? {} : { "content-type": "application/json" };
    return { ...rest, body: JSON.stringify(body), headers: { ...type, ...written } };
  });

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<PerformanceOptions, PerformanceUserOptions> = z
  .strictObject({
    requests: z.array(request).min(1).max(100),
    connections: z.int().min(1).max(200).default(10),
    amount: z.int().min(fewestAnswers).max(mostRequests).optional(),
    durationMs: z.int().min(100).max(30_000).optional(),
    limits: z
      .strictObject({
        p95Ms: z.int().min(1).max(60_000).default(5_000),
        errorRate: z.number().min(0).max(1).default(0),
        minPerSecond: z.number().positive().optional(),
      })
      .prefault({}),
  })
  .transform(({ amount, durationMs, ...rest }): PerformanceOptions => ({
    ...rest,
    amount: amount ?? (durationMs === undefined ? 1_000 : mostRequests),
    durationMs: durationMs ?? 30_000,
  }))
  .refine(({ amount, requests }) => amount >= fewestAnswers * requests.length, {
    error: `amount must be at least ${fewestAnswers} for each request`,
    path: ["amount"],
  });
