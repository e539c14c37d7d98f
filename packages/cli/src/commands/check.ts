import { isTowpathError, makePlan, TowpathError, type PlanRequest, type Target } from "@towpath/core";
import { carryOut } from "../carry-out.ts";
import { checkQuestion } from "../check-question.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { componentsOf, withProject, type Project } from "../project.ts";
import { selectGates } from "../select-gates.ts";
import { parseTarget } from "./parse-target.ts";

/** The flags of `check`. */
export interface CheckFlags {
  readonly component?: readonly string[];
  readonly target: string;
  readonly fix?: boolean;
  readonly allowEmpty?: boolean;
  /** False with `--no-cache`. */
  readonly cache: boolean;
}

/** `towpath check`: runs gates without the stages around them. Answers with the exit code. */
export async function check(
  selectors: readonly string[],
  flags: CheckFlags,
  options: GlobalOptions,
): Promise<number> {
  const target = parseTarget(flags.target);
  if (flags.fix && target === "production") {
    throw new TowpathError("TP1001", { message: "--fix is never applied for the target production" });
  }
  try {
    return await withProject(options, async (project) => {
      const components = await componentsOf(project, flags.component ?? []);
      const only = selectors.length === 0 ? {} : { only: selectGates(project.kernel, selectors) };
      const { trusted } = options;
      const request = {
        kind: "check" as const,
        target,
        components,
        trusted,
        fix: flags.fix ?? false,
        reuse: flags.cache,
        ...only,
        ...questionOf(project, { selectors, flags, target, trusted }),
      };
      const plan = await makePlan(project.kernel, project.config, request);
      return carryOut(project, plan, options, { needsRecord: false });
    });
  } catch (error) {
    const empty = isTowpathError(error) && error.data.code === "TP1006";
    if (!flags.allowEmpty || !empty) throw error;
    if (!printDocument(options.reporter, "empty", { exit: 0, message: error.message }))
      process.stderr.write(`nothing was checked: ${error.message}\n`);
    return 0;
  }
}

/** What a later check asks in the same words, if its answer can be known without loading anything. */
function questionOf(
  { loaded, config, root, plugins }: Project,
  {
    selectors,
    flags,
    target,
    trusted,
  }: {
    readonly selectors: readonly string[];
    readonly flags: CheckFlags;
    readonly target: Target;
    readonly trusted: boolean;
  },
): Pick<PlanRequest, "question"> {
  const { digest, path } = loaded;
  const components = flags.component ?? [];
  const known =
    trusted &&
    flags.cache &&
    flags.fix !== true &&
    plugins.every(({ via }) => via === "bundled") &&
    // One that is found by convention depends on which folders there are.
    components.every((name) => Object.hasOwn(config.components, name));
  if (!known || digest === undefined) return {};
  const question = checkQuestion({ root, path, digest, selectors, components, target });
  return question === undefined ? {} : { question };
}
