import { isTowpathError, makePlan, TowpathError } from "@towpath/core";
import { carryOut } from "../carry-out.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { componentsOf, withProject } from "../project.ts";
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
