import { TowpathError } from "@towpath/core";
import { z } from "zod";
import { duration, durationInWords } from "./duration.ts";

/** Where the samples come from, as the user writes it. */
export type SourceUserOptions =
  | "journal"
  | {
      prometheus: {
        /** Address of the server, `http` or `https`. */
        url: string;
        /** Selector of one series of 1 (up) and 0 (down), e.g. `probe_success{job="foo"}`. */
        query: string;
      };
    }
  | {
      /** A `.jsonl` or `.csv` file, relative to the repository root. */
      file: string;
    };

/** How the release is probed, as the user writes it. */
export type ProbeUserOptions =
  | {
      http: {
        /** @default "/health" */
        path?: string | undefined;
        /** @default 200 */
        status?: number | undefined;
        /** Where the release says its digest; another digest counts as down. @default nobody asks */
        version?:
          | {
              /** @default "/version" */
              path?: string | undefined;
              /** Key of the digest in the JSON object. @default "release" */
              field?: string | undefined;
            }
          | undefined;
      };
    }
  | {
      tcp: {
        /** @default the port of the release's address */
        port?: number | undefined;
      };
    }
  | {
      /** Argv; exit code 0 is up, any other is down. */
      command: string[];
    };

/** Who is told of an outage, as the user writes it. */
export type AlertUserOptions = (
  | {
      /** Argv; gets the alert as one line of JSON on standard input. */
      command: string[];
    }
  | {
      /** A file, relative to the repository root, to which the alert is added as one line of JSON. */
      file: string;
    }
) & {
  /** After how many probes in a row that were down. @default 2 */
  after?: number | undefined;
};

/** What the user writes. Durations are written as `7d`, `12h`, `5m`, `30s`, `500ms`. */
export interface UptimeUserOptions {
  /**
   * How long the release must be watched.
   * @default "7d"
   */
  window?: string | undefined;
  /**
   * Time between two probes; at most 5 minutes without `demo`.
   * @default "30s"
   */
  interval?: string | undefined;
  /**
   * Percentage of the window in which the release must be up.
   * @default 99.5
   */
  target?: number | undefined;
  /**
   * `strict`: what nobody saw counts as not up. `lenient`: it is left out, as long as 95 % of the window were seen and
   * no gap is longer than an hour.
   * @default "strict"
   */
  mode?: "strict" | "lenient" | undefined;
  /**
   * Allows a window under 7 days, a target under 99.5 % and a longer interval; each result then says so.
   * @default false
   */
  demo?: boolean | undefined;
  /**
   * Where the samples come from: what `towpath probe` wrote into the journal, a Prometheus server, or a file.
   * @default "journal"
   */
  source?: SourceUserOptions | undefined;
  /**
   * How `towpath probe` asks the release.
   * @default { http: {} }
   */
  probe?: ProbeUserOptions | undefined;
  /**
   * How long an answer may take; not longer than the interval.
   * @default "5s", or the interval if that is shorter
   */
  timeout?: string | undefined;
  /**
   * Who is told when the release is down, and when it is up again.
   * @default nobody
   */
  alert?: AlertUserOptions | undefined;
}

/** Where the samples come from. */
export type SourceOptions =
  | "journal"
  | { readonly prometheus: { readonly url: string; readonly query: string } }
  | { readonly file: string };

/** How the release is probed. */
export type ProbeOptions =
  | {
      readonly http: {
        readonly path: string;
        readonly status: number;
        readonly version?: { readonly path: string; readonly field: string } | undefined;
      };
    }
  | { readonly tcp: { readonly port?: number | undefined } }
  | { readonly command: readonly string[] };

/** Who is told of an outage. */
export type AlertOptions = ({ readonly command: readonly string[] } | { readonly file: string }) & {
  readonly after: number;
};

/** The options with their defaults; durations in milliseconds. */
export interface UptimeOptions {
  readonly windowMs: number;
  readonly intervalMs: number;
  /** In percent. */
  readonly target: number;
  readonly mode: "strict" | "lenient";
  readonly demo: boolean;
  readonly source: SourceOptions;
  readonly probe: ProbeOptions;
  readonly timeoutMs: number;
  readonly alert?: AlertOptions | undefined;
}

const shortestWindowMs = 7 * 86_400_000;
const lowestTarget = 99.5;
/** A longer one would look too seldom to see an outage. */
const longestIntervalMs = 300_000;
const shortestIntervalMs = 100;
/** What is held in memory for one answer. */
const mostProbes = 10_000_000;

const argv = z
  .array(z.string().refine((text) => !text.includes("\0"), { error: "no argument can hold a NUL" }))
  .min(1)
  .refine(([program]) => program !== "", { error: "the program has no name" });
const urlPath = z.string().regex(/^\/[^\s\\]*$/, { error: "must begin with /" });
const filePath = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^(?!\/)(?![A-Za-z]:)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\\\n\r]+$/, {
    error: "must be a path inside the repository, with / between folders",
  });
const serverUrl = z.url({ protocol: /^https?$/, error: "must be an http or https address" }).refine(
  (text) => {
    const { username, password } = new URL(text);
    return username === "" && password === "";
  },
  { error: "must not hold a user or a password" },
);

const source = z.union(
  [
    z.literal("journal"),
    z.strictObject({
      prometheus: z.strictObject({
        url: serverUrl,
        // A range is put behind it, which only a selector can have: functions would fill gaps with old values.
        query: z.string().regex(/^[A-Za-z_:][\w:]*(?:\{[^{}]*\})?$|^\{[^{}]+\}$/, {
          error: 'must be a selector such as probe_success{job="foo"}',
        }),
      }),
    }),
    z.strictObject({
      file: filePath.regex(/\.(?:jsonl|csv)$/, { error: "must end with .jsonl or .csv" }),
    }),
  ],
  { error: "must be journal, { prometheus: { url, query } } or { file }" },
);

const probe = z.union(
  [
    z.strictObject({
      http: z.strictObject({
        path: urlPath.default("/health"),
        status: z.int().min(100).max(599).default(200),
        version: z
          .strictObject({ path: urlPath.default("/version"), field: z.string().min(1).default("release") })
          .optional(),
      }),
    }),
    z.strictObject({ tcp: z.strictObject({ port: z.int().min(1).max(65_535).optional() }) }),
    z.strictObject({ command: argv }),
  ],
  { error: "must be { http }, { tcp } or { command: [argv] }" },
);

const after = z.int().min(1).max(1_000).default(2);
const alert = z.union([z.strictObject({ command: argv, after }), z.strictObject({ file: filePath, after })], {
  error: "must be { command: [argv] } or { file }, and may have `after`",
});

/** Checks the options; an unknown key is refused, and so is a soak that is too easy unless it is marked `demo`. */
export const options: z.ZodType<UptimeOptions, UptimeUserOptions | undefined> = z
  .strictObject({
    window: duration.prefault("7d"),
    interval: duration.prefault("30s"),
    target: z.number().gt(0).max(100).default(lowestTarget),
    mode: z.enum(["strict", "lenient"]).default("strict"),
    demo: z.boolean().default(false),
    source: source.default("journal"),
    probe: probe.prefault({ http: {} }),
    timeout: duration.optional(),
    alert: alert.optional(),
  })
  .superRefine(({ window, interval, target, demo, timeout }, ctx) => {
    const refuse = (key: string, message: string): void =>
      ctx.addIssue({ code: "custom", path: [key], message });
    const easy = "allowed with `demo: true` only, which each result then says";
    if (!demo && window < shortestWindowMs)
      refuse("window", `less than ${durationInWords(shortestWindowMs)} is ${easy}`);
    if (!demo && target < lowestTarget) refuse("target", `less than ${lowestTarget} % is ${easy}`);
    if (!demo && interval > longestIntervalMs)
      refuse("interval", `more than ${durationInWords(longestIntervalMs)} is ${easy}`);
    if (interval < shortestIntervalMs)
      refuse("interval", `must be at least ${durationInWords(shortestIntervalMs)}`);
    else if (interval > window) refuse("interval", "must not be longer than the window");
    else if (window / interval > mostProbes) refuse("interval", `more than ${mostProbes} probes in a window`);
    if (timeout !== undefined && (timeout < 1 || timeout > interval))
      refuse("timeout", "must not be longer than the interval");
  })
  .transform(({ window: windowMs, interval: intervalMs, timeout, ...rest }): UptimeOptions => ({
    windowMs,
    intervalMs,
    timeoutMs: timeout ?? Math.min(5_000, intervalMs),
    ...rest,
  }))
  .prefault({});

/**
 * Checks options as they stand in the configuration, for programs that probe by the options of the gate.
 * @throws {TowpathError} TP1208 when they are not valid
 * @example const { intervalMs } = await parseUptimeOptions(plugin.options);
 */
export async function parseUptimeOptions(raw: unknown): Promise<UptimeOptions> {
  const result = await options.safeParseAsync(raw);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw new TowpathError("TP1208", { message: `options of @towpath/gate-uptime: ${issues.join("; ")}` });
}
