import { TowpathError, type Kernel, type Target, stagesFor } from "@towpath/core";

/**
 * The gates that selectors name: a gate (`lint`), a plugin (`ruff`, `gate-ruff`), a category (`security/*`).
 * Without selectors, every gate of the target's stages.
 * @throws {TowpathError} TP1001 when a selector matches nothing
 */
export function selectGates(kernel: Kernel, selectors: readonly string[], target: Target): readonly string[] {
  const inTarget = new Set<string>(stagesFor(target).map((stage) => stage.name));
  const all = [...kernel.gates.values()];
  if (selectors.length === 0) {
    return all
      .filter(({ gate }) => gate.stages.some((stage) => inTarget.has(stage)))
      .map(({ gate }) => gate.name);
  }
  const chosen = selectors.flatMap((selector) => {
    const matches = all.filter(
      ({ gate, plugin }) =>
        gate.name === selector ||
        `${gate.category}/*` === selector ||
        [plugin, shortName(plugin), shortName(plugin).replace("gate-", "")].includes(selector),
    );
    if (matches.length > 0) return matches.map(({ gate }) => gate.name);
    throw new TowpathError("TP1001", {
      message: `there is no gate ${selector}`,
      fix: [`Known gates: ${all.map(({ gate }) => gate.name).join(", ")}`],
    });
  });
  return [...new Set(chosen)];
}

function shortName(plugin: string): string {
  return plugin.replace("@towpath/", "").replace(/^towpath-/, "");
}
