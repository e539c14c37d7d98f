import { z } from "zod";

/** An Alertmanager, as the user writes it. */
export interface AlertmanagerUserOptions {
  /** Its address, `http` or `https`, without a user or password; a path before `/api` belongs to it. */
  url: string;
  /**
   * Which alerts are about the component, in Alertmanager's own words: `service="{component}"`. `{component}` and
   * `{environment}` are replaced. @default [], which is every alert
   */
  matchers?: string[] | undefined;
}

/** Where alerts arrive, as the user writes it: exactly one of the three. */
export interface MonitoringUserOptions {
  /** JSON lines that the monitor appends, relative to the repository root. */
  file?: string | undefined;
  alertmanager?: AlertmanagerUserOptions | undefined;
  /** A program with its arguments that prints alerts; `{component}` and `{environment}` are replaced. */
  command?: string[] | undefined;
}

/** What the user writes. */
export interface OperationsUserOptions {
  /** Criteria that a person must vouch for; each is a gate of that name. @default ["security-review"] */
  attest?: string[] | undefined;
  /** Age in days past which a drill no longer counts. @default 30 */
  drillMaxAgeDays?: number | undefined;
  /** Where alerts arrive, for `towpath drill monitoring`. @default not said: no such drill can be done */
  monitoring?: MonitoringUserOptions | undefined;
}

/** Where alerts arrive, checked. */
export type MonitoringOptions =
  | { readonly file: string }
  | { readonly alertmanager: { readonly url: string; readonly matchers: readonly string[] } }
  | { readonly command: readonly string[] };

/** The options with their defaults. */
export interface OperationsOptions {
  readonly attest: readonly string[];
  readonly drillMaxAgeDays: number;
  readonly monitoring?: MonitoringOptions | undefined;
}

/** Names of this package's other gates. */
const taken: ReadonlySet<string> = new Set(["rollback", "monitoring"]);

const criterion = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, "not the name of a gate: small letters, digits, `_` and `-`")
  .refine((name) => !taken.has(name), { error: "a drill proves it, no person" });

const address = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.canParse(text) && new URL(text).username === "" && new URL(text).password === "", {
    error: "must not hold a user or password",
  });

const monitoring: z.ZodType<MonitoringOptions, MonitoringUserOptions> = z
  .strictObject({
    file: z.string().min(1).optional(),
    alertmanager: z
      .strictObject({ url: address, matchers: z.array(z.string().min(1)).default([]) })
      .optional(),
    command: z.array(z.string()).min(1).optional(),
  })
  .transform(({ file, alertmanager, command }, check): MonitoringOptions => {
    const given: readonly MonitoringOptions[] = [
      ...(file === undefined ? [] : [{ file }]),
      ...(alertmanager === undefined ? [] : [{ alertmanager }]),
      ...(command === undefined ? [] : [{ command }]),
    ];
    const [only, ...more] = given;
    if (only !== undefined && more.length === 0) return only;
    check.addIssue({ code: "custom", message: "needs exactly one of file, alertmanager and command" });
    return z.NEVER;
  });

/** Checks the options; an unknown key is refused. */
export const options: z.ZodType<OperationsOptions, OperationsUserOptions | undefined> = z
  .strictObject({
    attest: z
      .array(criterion)
      .refine((names) => new Set(names).size === names.length, { error: "names a criterion twice" })
      .default(["security-review"]),
    drillMaxAgeDays: z.number().positive().max(3_650).default(30),
    monitoring: monitoring.optional(),
  })
  .prefault({});
