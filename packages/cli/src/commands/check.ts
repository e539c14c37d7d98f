import { makePlan, TowpathError } from "@towpath/core";
import { carryOut } from "../carry-out.ts";
import type { GlobalOptions } from "../global-options.ts";
import { componentsOf, openProject } from "../project.ts";
import { selectGates } from "../select-gates.ts";
import { parseTarget } from "./parse-target.ts";

/** The flags of `check`. */
export interface CheckFlags {
  readonly component?: readonly string[];
  readonly target: string;
  readonly fix?: boolean;
  readonly allowEmpty?: boolean;
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
  const project = await openProject(options);
  try {
    const components = await componentsOf(project, flags.component ?? []);
    const only = selectGates(project.kernel, selectors, target).filter(
      // Without a selector, a component that has no specification or no tests is not asked for them.
      (name) =>
        selectors.length > 0 ||
        components.some((component) => hasSubject(project.kernel.gates.get(name)?.gate.category, component)),
    );
    const { trusted } = options;
    const request = { kind: "check" as const, target, components, only, trusted, fix: flags.fix ?? false };
    const plan = await makePlan(project.kernel, project.config, request);
    return await carryOut(project, plan, options, false);
  } catch (error) {
    if (flags.allowEmpty && error instanceof TowpathError && error.data.code === "TP1006") return 0;
    throw error;
  }
}

function hasSubject(category: string | undefined, component: { readonly spec?: string }): boolean {
  return category !== "specification" || component.spec !== undefined;
}
