import { z } from "zod";

/** What the user writes. */
export interface RuffUserOptions {
  /**
   * Which ruff does the work: the program, the WebAssembly build that comes with this package, or the program where
   * there is one and else the build.
   * @default "auto"
   */
  engine?: "auto" | "native" | "wasm" | undefined;
  /** The ruff program: a path, or a name on PATH. Without it the component's environment is searched. */
  command?: string | undefined;
  lint?:
    | {
        /** How many lint issues are tolerated; within the limit they are warnings. @default 0 */
        maxIssues?: number | undefined;
      }
    | undefined;
}

/** The options with their defaults. */
export interface RuffOptions {
  engine: "auto" | "native" | "wasm";
  command?: string | undefined;
  lint: { maxIssues: number };
}

/** Schema of the plugin's options; unknown keys are refused. */
export const options: z.ZodType<RuffOptions, RuffUserOptions | undefined> = z
  .strictObject({
    engine: z.enum(["auto", "native", "wasm"]).default("auto"),
    command: z.string().min(1).optional(),
    lint: z.strictObject({ maxIssues: z.int().min(0).default(0) }).prefault({}),
  })
  .refine((value) => value.engine !== "wasm" || value.command === undefined, {
    path: ["command"],
    error: "`command` names a program, so it has no meaning with `engine: wasm`",
  })
  .prefault({});
