import { z } from "zod";
import type { Target } from "@towpath/core";
import { testSelection, type TestSelection } from "./test-selection.ts";

/** Which figure of the coverage report is judged. */
export type Metric = "statement" | "branch";

/** What the user writes. */
export interface CoverageUserOptions {
  /** Lowest acceptable coverage in percent, for each target. @default { dev: 50, staging: 70, production: 80 } */
  readonly coverage?: { readonly [T in Target]?: number | undefined } | undefined;
  /**
   * The figure that is judged: statements run of all statements, or statements and branches together (what
   * `coverage report` shows with `--branch`). @default "statement"
   */
  readonly metric?: Metric | undefined;
  /**
   * Which tests are integration tests. With it they are no unit tests, and there are the gates `integration` and
   * `integration-coverage`. @default none
   */
  readonly integration?: TestSelection | undefined;
  /**
   * Lowest acceptable coverage by the integration tests in percent. It is judged before production, and before staging
   * too if `staging` is set. Needs `integration`. @default { production: 80 }
   */
  readonly integrationCoverage?:
    | { readonly staging?: number | undefined; readonly production?: number | undefined }
    | undefined;
  /** Which tests are end-to-end tests. With it they are no others, and there is the gate `e2e`. @default none */
  readonly e2e?: TestSelection | undefined;
  /** What a flaky test does to the gates `flaky`, `integration`, `integration-coverage` and `e2e`. @default "fail" */
  readonly flaky?: "fail" | "warn" | undefined;
  /** Further arguments of pytest, put before the test paths. @default [] */
  readonly args?: readonly string[] | undefined;
  /** Names of environment variables that the suite needs; it gets no others of yours. @default [] */
  readonly env?: readonly string[] | undefined;
}

/** The checked options. */
export interface CoverageOptions {
  readonly coverage: Readonly<Record<Target, number>>;
  readonly metric: Metric;
  readonly integration?: TestSelection | undefined;
  readonly integrationCoverage?:
    | { readonly staging?: number | undefined; readonly production: number }
    | undefined;
  readonly e2e?: TestSelection | undefined;
  readonly flaky: "fail" | "warn";
  readonly args: readonly string[];
  readonly env: readonly string[];
}

const percent = z.number().min(0).max(100);

/** Schema of the plugin's options. It refuses unknown keys. */
export const options: z.ZodType<CoverageOptions, CoverageUserOptions | undefined> = z
  .strictObject({
    coverage: z
      .strictObject({
        dev: percent.default(50),
        staging: percent.default(70),
        production: percent.default(80),
      })
      .prefault({}),
    metric: z.enum(["statement", "branch"]).default("statement"),
    integration: testSelection.optional(),
    integrationCoverage: z
      .strictObject({ staging: percent.optional(), production: percent.default(80) })
      .optional(),
    e2e: testSelection.optional(),
    flaky: z.enum(["fail", "warn"]).default("fail"),
    args: z.array(z.string().min(1)).readonly().default([]),
    env: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "not the name of a variable")
          .regex(/^(?!TOWPATH_)/, "variables of this name are set by Towpath"),
      )
      .readonly()
      .default([]),
  })
  .refine((value) => value.integrationCoverage === undefined || value.integration !== undefined, {
    path: ["integrationCoverage"],
    error: "`integrationCoverage` needs `integration`, which says what the integration tests are",
  })
  .prefault({});
