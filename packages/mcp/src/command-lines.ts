/**
 * Every command line that the server can call. Names have been checked by their patterns before, so none can be read as
 * an option; free text stands behind `--`. Nothing here attests, waives, rolls back, drills, resumes, or deploys to
 * production.
 */
export const commandLines: {
  /** Where components stand, with their last results and findings. */
  findings(component: string | undefined): readonly string[];
  /** What a run for a target asks; starts nothing. */
  plan(component: string | undefined, target: string): readonly string[];
  check(request: {
    readonly component: string | undefined;
    readonly gates: readonly string[];
    readonly target: string;
  }): readonly string[];
  explain(subject: string): readonly string[];
  showContext(of: string, budget?: number): readonly string[];
  addContext(component: string, text: string, importance: number): readonly string[];
  /** Deploys, once a person agreed. There is no such line for production. */
  promoteToStaging(component: string): readonly string[];
  latestRun(): readonly string[];
  runResult(run: string): readonly string[];
  config(): readonly string[];
} = {
  findings: (component) => ["status", "--findings", ...(component === undefined ? [] : [component])],
  plan: (component, target) => ["plan", "--target", target, ...named(component)],
  check: ({ component, gates, target }) => ["check", ...gates, "--target", target, ...named(component)],
  explain: (subject) => ["explain", subject],
  showContext: (of, budget) => [
    "context",
    "show",
    of,
    ...(budget === undefined ? [] : ["--budget", String(budget)]),
  ],
  addContext: (component, text, importance) => [
    "context",
    "add",
    "--importance",
    // Two decimals, as longer ones and exponents are not taken.
    String(Number(importance.toFixed(2))),
    "--role",
    "assistant",
    "--",
    component,
    text,
  ],
  promoteToStaging: (component) => ["promote", component, "--to", "staging"],
  latestRun: () => ["runs", "list", "--limit", "1"],
  runResult: (run) => ["runs", "show", run, "--result"],
  config: () => ["config", "show"],
};

function named(component: string | undefined): readonly string[] {
  return component === undefined ? [] : ["--component", component];
}
