import { isAbsolute, relative, resolve, sep } from "node:path";
import { isBreakage, makePlan, TowpathError, type Component, type Plan } from "@towpath/core";
import { toRepoPath } from "@towpath/kit";
import type { GlobalOptions } from "../global-options.ts";
import { readJournal } from "../open-journal.ts";
import { componentsOf, withProject, type Project } from "../project.ts";
import { parseStage, parseTarget } from "./parse-target.ts";

/** The flags of `run` and `plan`. */
export interface RunFlags {
  readonly component?: string;
  readonly spec?: string;
  readonly target: string;
  readonly from?: string;
  readonly until?: string;
  /** False with `--no-fix`. */
  readonly fix: boolean;
  /** False with `--no-agent`. */
  readonly agent: boolean;
  /** False with `--no-cache`. */
  readonly cache: boolean;
  readonly wait?: boolean;
  readonly supersede?: boolean;
}

/**
 * Opens the project, makes the plan of a run and works with it. Everything that is wrong with the request shows
 * before the work begins.
 * @throws {TowpathError} with exit code 2, and what the work throws
 */
export async function planRun<T>(
  flags: RunFlags,
  options: GlobalOptions,
  work: (project: Project, plan: Plan) => Promise<T>,
): Promise<T> {
  const target = parseTarget(flags.target);
  const part = {
    ...(flags.from === undefined ? {} : { from: parseStage(flags.from) }),
    ...(flags.until === undefined ? {} : { until: parseStage(flags.until) }),
  };
  return withProject(options, async (project) => {
    const named = await oneComponent(project, flags);
    // Stages that count by what is stored were measured with the specification of that run.
    const known = flags.from === undefined ? named : await specOnRecord(named, options);
    const component = await withSpec(known, flags, project, options);
    const request = {
      kind: "run" as const,
      target,
      components: [component],
      trusted: options.trusted,
      fix: flags.fix,
      agent: flags.agent,
      reuse: flags.cache,
      ...part,
    };
    return work(project, await makePlan(project.kernel, project.config, request));
  });
}

/**
 * The component that is named, or the only one that there is.
 * @throws {TowpathError} TP1001 when several are declared and none is named, and as `componentsOf`
 */
export async function oneComponent(
  project: Project,
  flags: { readonly component?: string },
): Promise<Component> {
  const declared = Object.keys(project.config.components);
  if (flags.component === undefined && declared.length !== 1) {
    throw new TowpathError("TP1001", {
      message: "which component? --component is missing",
      fix: declared.length === 0 ? ["--component <name>"] : declared.map((name) => `--component ${name}`),
    });
  }
  const [component] = await componentsOf(project, flags.component === undefined ? [] : [flags.component]);
  if (!component) throw new TowpathError("TP1002");
  return component;
}

/** The component with the specification that its last run was given, where the configuration names none. */
export async function specOnRecord(component: Component, options: GlobalOptions): Promise<Component> {
  const { name } = component;
  if (component.spec !== undefined) return component;
  const runs = await readJournal(options, (journal) => journal.runs({ component: name, limit: 50 }));
  const last = runs.find(({ plan }) => plan.kind === "run");
  const spec = last?.plan.components.find((planned) => planned.name === name)?.spec;
  return spec === undefined ? component : { ...component, spec };
}

/** Puts the specification in place, and reads it, so that an unusable one stops the run before it begins. */
async function withSpec(
  component: Component,
  flags: RunFlags,
  project: Project,
  options: GlobalOptions,
): Promise<Component> {
  const spec = flags.spec === undefined ? component.spec : specPath(flags.spec, project.root, options.cwd);
  if (spec === undefined) return component;
  const { readSpec } = await import("@towpath/gate-spec");
  try {
    await readSpec(project.root, spec);
  } catch (cause) {
    if (!isBreakage(cause)) throw cause;
    const { message, fix } = cause.details;
    throw new TowpathError("TP1101", {
      message,
      ...(fix === undefined ? {} : { fix }),
      where: [`${spec}:1`],
      cause,
    });
  }
  return { ...component, spec };
}

function specPath(spec: string, root: string, cwd: string): string {
  const absolute = isAbsolute(spec) ? spec : resolve(cwd, spec);
  return toRepoPath(root, relative(root, absolute).split(sep).join("/"));
}
