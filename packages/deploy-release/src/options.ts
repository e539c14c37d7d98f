import { z } from "zod";
import type { Environment } from "@towpath/core";

/** How the service is started and stopped in its place, as the user writes it. */
export type SupervisorUserOptions =
  | "none"
  | { systemd: { unit: string; user?: boolean | undefined } }
  | { command: { start: string[]; stop: string[] } };

/** One environment, as the user writes it. */
export interface TargetUserOptions {
  /** Folder of the releases, absolute or relative to the repository root. */
  folder: string;
  /**
   * Argv of the service. `{python}` is the interpreter of the release's virtual environment, `{port}` the port to
   * listen on, `{release}` the digest, `{folder}` the absolute path of `folder`.
   */
  run: string[];
  /** Port on 127.0.0.1 where the service answers. */
  port: number;
  /**
   * Port for the check before the switch; 0 takes a free one.
   * @default 0
   */
  sparePort?: number | undefined;
  /** When the service counts as healthy. */
  health?:
    | {
        /** Must answer 2xx. @default "/health" */
        path?: string | undefined;
        /** How many looks in a row must be good. @default 3 */
        successes?: number | undefined;
        /** Milliseconds between two looks. @default 200 */
        intervalMs?: number | undefined;
        /** How long the service may take to become healthy, in milliseconds. @default 10000 */
        startMs?: number | undefined;
      }
    | undefined;
  /** Where the service says which release it is: a JSON object that holds what `TOWPATH_RELEASE` says. */
  version?:
    | {
        /** @default "/version" */
        path?: string | undefined;
        /** Key of the digest in the object. @default "release" */
        field?: string | undefined;
      }
    | undefined;
  /**
   * How long the old service may take to end, in milliseconds; then it is killed.
   * @default 5000
   */
  drainMs?: number | undefined;
  /**
   * How long a new release is watched in its place, in milliseconds.
   * @default 3000
   */
  bakeMs?: number | undefined;
  /**
   * How many releases stay on disk, beside the ones that are needed.
   * @default 5
   */
  keep?: number | undefined;
  /**
   * What keeps the service running: `none` starts it as a process of its own, which a restart of the machine ends.
   * @default "none"
   */
  supervisor?: SupervisorUserOptions | undefined;
  /** Variables of the service. */
  env?: Record<string, string> | undefined;
  /** Names of variables that the service gets from Towpath's own environment, e.g. secrets. */
  passEnv?: string[] | undefined;
  /** What the wheel depends on. Without it nothing but the wheel is installed. */
  dependencies?:
    | {
        /** Requirements file with hashes, absolute or relative to the repository root. */
        requirements: string;
        /** Folder with their wheels, absolute or relative to the repository root. */
        wheelhouse: string;
      }
    | undefined;
}

/** What the user writes. */
export interface DeployReleaseUserOptions {
  environments: { [E in Environment]?: TargetUserOptions | undefined };
  /**
   * Whether this plugin builds the wheel; `false` leaves that to another plugin.
   * @default true
   */
  builder?: boolean | undefined;
}

/** When a service counts as healthy. */
export interface HealthRules {
  readonly path: string;
  readonly successes: number;
  readonly intervalMs: number;
  readonly startMs: number;
}

/** Where a service says which release it is. */
export interface VersionRules {
  readonly path: string;
  readonly field: string;
}

/** How a service is started and stopped in its place. */
export type SupervisorOptions =
  | "none"
  | { readonly systemd: { readonly unit: string; readonly user: boolean } }
  | { readonly command: { readonly start: readonly string[]; readonly stop: readonly string[] } };

/** One environment, with the defaults. */
export interface TargetOptions {
  readonly folder: string;
  readonly run: readonly string[];
  readonly port: number;
  readonly sparePort: number;
  readonly health: HealthRules;
  readonly version: VersionRules;
  readonly drainMs: number;
  readonly bakeMs: number;
  readonly keep: number;
  readonly supervisor: SupervisorOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  readonly dependencies?: { readonly requirements: string; readonly wheelhouse: string } | undefined;
}

/** The options with their defaults. */
export interface DeployReleaseOptions {
  readonly environments: { readonly [E in Environment]?: TargetOptions | undefined };
  readonly builder: boolean;
}

const placeholders = ["{python}", "{port}", "{release}", "{folder}"];
const known = (text: string): boolean =>
  (text.match(/\{\w+\}/g) ?? []).every((name) => placeholders.includes(name));
const argument = z.string().refine((text) => !text.includes("\0"), "no argument can hold a NUL");
const argv = z
  .array(argument)
  .min(1)
  .refine(([program]) => program !== "", "the program has no name");
const serviceArgv = argv.refine((args) => args.every(known), `there are ${placeholders.join(" ")}`);
const path = z.string().startsWith("/");
const ms = z.int().min(0).max(600_000);
const variable = z
  .string()
  .regex(/^[A-Za-z_]\w*$/)
  .refine((name) => !name.startsWith("TOWPATH_"), "names that begin with TOWPATH_ are Towpath's own");

const target = z.strictObject({
  folder: z.string().min(1),
  run: serviceArgv,
  port: z.int().min(1).max(65_535),
  sparePort: z.int().min(0).max(65_535).default(0),
  health: z
    .strictObject({
      path: path.default("/health"),
      successes: z.int().min(1).max(100).default(3),
      intervalMs: ms.min(10).default(200),
      startMs: ms.default(10_000),
    })
    .prefault({}),
  version: z
    .strictObject({ path: path.default("/version"), field: z.string().min(1).default("release") })
    .prefault({}),
  drainMs: ms.default(5_000),
  bakeMs: ms.default(3_000),
  keep: z.int().min(1).max(100).default(5),
  supervisor: z
    .union([
      z.literal("none"),
      z.strictObject({
        systemd: z.strictObject({
          unit: z.string().regex(/^[A-Za-z0-9][\w.@-]*$/),
          user: z.boolean().default(true),
        }),
      }),
      z.strictObject({
        command: z.strictObject({
          start: argv.refine(
            (args) => args.every((text) => text === "{run}" || known(text)),
            `there are {run} ${placeholders.join(" ")}`,
          ),
          stop: argv,
        }),
      }),
    ])
    .default("none"),
  env: z.record(variable, argument).default({}),
  passEnv: z.array(variable).default([]),
  dependencies: z.strictObject({ requirements: z.string().min(1), wheelhouse: z.string().min(1) }).optional(),
});

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<DeployReleaseOptions, DeployReleaseUserOptions> = z.strictObject({
  environments: z
    .strictObject({ staging: target.optional(), production: target.optional() })
    .refine(({ staging, production }) => staging || production, "name at least one environment")
    .refine(
      ({ staging, production }) =>
        !staging || !production || (staging.folder !== production.folder && staging.port !== production.port),
      "staging and production need a folder and a port each",
    ),
  builder: z.boolean().default(true),
});
