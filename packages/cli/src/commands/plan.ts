import type { Plan, PlannedStage } from "@towpath/core";
import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { paintFor, type Paint } from "../terminal.ts";
import { planRun, type RunFlags } from "./plan-run.ts";

/** `towpath plan`: what `run` would do. Starts no process and writes nothing. */
export async function plan(flags: RunFlags, options: GlobalOptions): Promise<number> {
  const made = await planRun(flags, options, async (_, planned) => planned);
  if (!printDocument(options.reporter, "plan", { plan: made })) {
    process.stdout.write(`${planText(cleanStrings(made), paintFor(options.color, process.stdout))}\n`);
  }
  return 0;
}

function planText(made: Plan, paint: Paint): string {
  const components = made.components.map((component) => {
    const spec = component.spec === undefined ? "" : `, spec ${component.spec}`;
    return `  ${component.name}: source ${component.source.join(", ")}; tests ${component.tests.join(", ") || "none"}${spec}`;
  });
  const plugins = made.plugins.map(
    (plugin) => `${plugin.name}${plugin.version === undefined ? "" : `@${plugin.version}`}`,
  );
  return [
    `${paint("bold", "plan")}  target ${made.target}, ${made.configFile ?? "no configuration file"}`,
    ...components,
    `  plugins ${plugins.join(", ")}`,
    ...made.stages.flatMap((stage) => stageLines(stage, paint)),
  ].join("\n");
}

function stageLines(stage: PlannedStage, paint: Paint): readonly string[] {
  if (stage.skip !== undefined) return ["", `${paint("bold", stage.name)}  skipped: ${stage.skip}`];
  const retries =
    stage.retry.max === 0 ? "" : paint("dim", `  breakage is tried again up to ${stage.retry.max} times`);
  const agent =
    stage.agent === undefined ? [] : [`  agent ${stage.agent.name}, at most ${stage.agent.maxRounds} rounds`];
  const gates = stage.gates.flatMap((gate) => [
    `  ${gate.name}${gate.required ? "" : " (optional)"}${gate.executesCode ? paint("dim", "  runs the component's code") : ""}`,
    ...gate.thresholds.map(
      (t) => `      ${t.name} ${t.operator} ${t.threshold} ${t.unit}   ${paint("dim", t.source)}`,
    ),
  ]);
  return ["", `${paint("bold", stage.name)}${retries}`, ...agent, ...gates];
}
