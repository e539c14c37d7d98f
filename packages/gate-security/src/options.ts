import { z } from "zod";

/** Options of the gate `secrets`, as the user writes them. */
export interface SecretsUserOptions {
  /** `auto` takes detect-secrets if it is found, else secretlint with a warning. @default "auto" */
  engine?: "auto" | "detect-secrets" | "secretlint" | undefined;
  /**
   * Audited baseline of detect-secrets, relative to the repository root. It is read, never written. A file that is
   * named here must exist. @default ".secrets.baseline", if it exists
   */
  baseline?: string | undefined;
  /** Program to run instead of the detect-secrets that is found. */
  command?: string | undefined;
}

/** Options of the gate `secrets`, checked. */
export interface SecretsOptions {
  engine: "auto" | "detect-secrets" | "secretlint";
  baseline?: string | undefined;
  command?: string | undefined;
}

/** How many issues of each severity are tolerated. */
export interface SeverityLimits {
  high: number;
  /** `null`: no limit. */
  medium: number | null;
  /** `null`: no limit. */
  low: number | null;
}

/** Options of the gate `sast`, as the user writes them. */
export interface SastUserOptions {
  /** How many issues of a severity are tolerated; `null` means no limit. @default {high: 0, medium: 5, low: null} */
  thresholds?:
    | { high?: number | undefined; medium?: number | null | undefined; low?: number | null | undefined }
    | undefined;
  /** Configuration file for bandit, relative to the repository root. @default "pyproject.toml", if it has a table `tool.bandit` */
  config?: string | undefined;
  /** Program to run instead of the bandit that is found. */
  command?: string | undefined;
}

/** Options of the gate `sast`, checked. */
export interface SastOptions {
  thresholds: SeverityLimits;
  config?: string | undefined;
  command?: string | undefined;
}

/** Options of the gate `dependencies`, as the user writes them. */
export interface DependenciesUserOptions {
  /** Files of pinned requirements, relative to the repository root. @default none: the component's environment is audited */
  requirements?: string[] | undefined;
  /** Where vulnerabilities are looked up. @default "pypi" */
  service?: "pypi" | "osv" | undefined;
  /** Address of another OSV service; needs `service: "osv"`. @default OSV's own */
  osvUrl?: string | undefined;
  /** How long one answer of the service may take, in seconds. @default 15 */
  timeoutSeconds?: number | undefined;
  /** Program to run instead of the pip-audit that is found. */
  command?: string | undefined;
}

/** Options of the gate `dependencies`, checked. */
export interface DependenciesOptions {
  requirements?: string[] | undefined;
  service: "pypi" | "osv";
  osvUrl?: string | undefined;
  timeoutSeconds: number;
  command?: string | undefined;
}

/** Options of the package, as the user writes them. */
export interface SecurityUserOptions {
  secrets?: SecretsUserOptions | undefined;
  sast?: SastUserOptions | undefined;
  dependencies?: DependenciesUserOptions | undefined;
}

/** Options of the package, checked. */
export interface SecurityOptions {
  secrets: SecretsOptions;
  sast: SastOptions;
  dependencies: DependenciesOptions;
}

const path = z.string().min(1).optional();
const limit = z.int().min(0);

const secrets = z
  .strictObject({
    engine: z.enum(["auto", "detect-secrets", "secretlint"]).default("auto"),
    baseline: path,
    command: path,
  })
  .prefault({});

const sast = z
  .strictObject({
    thresholds: z
      .strictObject({
        high: limit.default(0),
        medium: limit.nullable().default(5),
        low: limit.nullable().default(null),
      })
      .prefault({}),
    config: path,
    command: path,
  })
  .prefault({});

const dependencies = z
  .strictObject({
    requirements: z.array(z.string().min(1)).min(1).optional(),
    service: z.enum(["pypi", "osv"]).default("pypi"),
    osvUrl: z.url({ protocol: /^https?$/ }).optional(),
    timeoutSeconds: z.int().min(1).max(600).default(15),
    command: path,
  })
  .refine((options) => options.osvUrl === undefined || options.service === "osv", {
    error: "osvUrl needs `service: osv`",
    path: ["osvUrl"],
  })
  .prefault({});

/** Checks the options of the package and fills in the defaults. */
export const options: z.ZodType<SecurityOptions, SecurityUserOptions | undefined> = z
  .strictObject({ secrets, sast, dependencies })
  .prefault({});
