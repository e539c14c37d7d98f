import { z } from "zod";
import type { Target } from "@towpath/core";

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
  /** What a flaky test does to the gate `flaky`. @default "fail" */
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
    flaky: z.enum(["fail", "warn"]).default("fail"),
    args: z.array(z.string().min(1)).readonly().default([]),
    env: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "not the name of a variable"))
      .readonly()
      .default([]),
  })
  .prefault({});
