import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { openProject } from "../project.ts";
import { columns } from "./columns.ts";

/** `towpath gates list`: the gates that the configured plugins register. */
export async function listGates(options: GlobalOptions): Promise<number> {
  const { kernel, config } = await openProject(options);
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
  if (options.reporter === "json")
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, kind: "gates", gates }, undefined, 2)}\n`);
  else {
    const rows = cleanStrings(gates).map((gate) => [
      gate.name,
      gate.category,
      gate.stages.join(", "),
      gate.required ? "required" : "optional",
      gate.fixable ? "fixable" : "",
      gate.plugin,
    ]);
    process.stdout.write(columns(["gate", "category", "stages", "", "", "plugin"], rows));
  }
  return 0;
}
