import { z } from "zod";

/** What the user writes. What a specification must have is not for a project to lower, so there is no more. */
export interface SpecUserOptions {
  /**
   * Which Markdown files the gate `conflicts` compares a specification with: paths with `*`, `**` and `?`, relative to
   * the root. @default ["specs/**\/*.md"]
   */
  readonly specs?: readonly string[] | undefined;
}

/** The checked options. */
export interface SpecOptions {
  readonly specs: readonly string[];
}

const glob = z
  .string()
  .min(1)
  .max(500)
  .refine((path) => !path.startsWith("/") && !path.split("/").includes(".."), "a path below the root");

/** The schema of the options. It refuses unknown keys. */
export const options: z.ZodType<SpecOptions, SpecUserOptions | undefined> = z
  .strictObject({ specs: z.array(glob).max(100).readonly().default(["specs/**/*.md"]) })
  .prefault({});
