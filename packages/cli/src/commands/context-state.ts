import { createHash } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  isBreakage,
  isTowpathError,
  requirementDigest,
  type CurrentState,
  type Message,
} from "@towpath/core";
import { toRepoPath } from "@towpath/kit";
import type { GlobalOptions } from "../global-options.ts";
import { componentsOf, type Project } from "../project.ts";
import { specOnRecord } from "./plan-run.ts";

/** What there is now, and what nobody could compare with. */
export interface Compared {
  readonly current: CurrentState;
  /** Why requirements were not compared, in words; absent when they were, or none is spoken of. */
  readonly notCompared?: string;
}

/** Looks at the requirements and files that messages speak of. What no message speaks of is not looked at. */
export async function currentState(
  messages: readonly Message[],
  component: string,
  project: Project,
  options: GlobalOptions,
): Promise<Compared> {
  const named = new Set(messages.flatMap(({ refs }) => Object.keys(refs?.paths ?? {})));
  const digests = await Promise.all(
    [...named].map(async (path) => [path, await digestOfFile(project.root, path)] as const),
  );
  const paths = Object.fromEntries(
    digests.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  if (!messages.some(({ refs }) => refs?.spec !== undefined)) return { current: { paths } };
  const spec = await requirements(component, project, options);
  return typeof spec === "string" ? { current: { paths }, notCompared: spec } : { current: { paths, spec } };
}

/** @returns why there is none to compare with, in words */
async function requirements(
  component: string,
  project: Project,
  options: GlobalOptions,
): Promise<Readonly<Record<string, string>> | string> {
  try {
    const [found] = await componentsOf(project, [component]);
    const spec = found && (await specOnRecord(found, options)).spec;
    if (spec === undefined) return "no specification of the component is known";
    const { readSpec } = await import("@towpath/gate-spec");
    const doc = await readSpec(project.root, spec);
    return Object.fromEntries(doc.requirements.map((one) => [one.id, requirementDigest(one)]));
  } catch (error) {
    if (isBreakage(error) || isTowpathError(error)) return error.message;
    throw error;
  }
}

/** sha256 of a file's bytes; none for what is no file of the repository. */
export async function digestOfFile(root: string, path: string): Promise<string | undefined> {
  try {
    const file = join(root, toRepoPath(root, path));
    if (!(await lstat(file)).isFile()) return undefined;
    return createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  } catch (error) {
    if (isTowpathError(error) || (error instanceof Error && "code" in error && error.code === "ENOENT"))
      return undefined;
    throw error;
  }
}
