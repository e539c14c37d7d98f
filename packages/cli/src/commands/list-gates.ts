import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { withProject, type Project } from "../project.ts";
import { columns } from "./columns.ts";

/** `towpath gates list`: the gates that the configured plugins register. */
export function listGates(options: GlobalOptions): Promise<number> {
  return withProject(options, async (project) => print(project, options));
}

function print({ kernel, config }: Project, options: GlobalOptions): number {
  const gates = [...kernel.gates.values()].map(({ gate, plugin }) => ({
    name: gate.name,
    category: gate.category,
    stages: gate.stages,
    plugin,
    required: config.gates[gate.name]?.required ?? true,
    executesCode: gate.executesCode,
    fixable: gate.fix !== undefined,
    code: gate.code,
  }));
  if (printDocument(options.reporter, "gates", { gates })) return 0;
  const rows = cleanStrings(gates).map((gate) => [
    gate.name,
    gate.category,
    gate.stages.join(", "),
    gate.required ? "required" : "optional",
    gate.fixable ? "fixable" : "",
    gate.plugin,
  ]);
  process.stdout.write(columns(["gate", "category", "stages", "", "", "plugin"], rows));
  return 0;
}
