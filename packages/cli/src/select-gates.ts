import { TowpathError, type Kernel } from "@towpath/core";

/**
 * The gates that selectors name: a gate (`lint`), a plugin (`ruff`, `gate-ruff`), a category (`security/*`).
 * @throws {TowpathError} TP1001 when a selector matches nothing
 */
export function selectGates(kernel: Kernel, selectors: readonly string[]): readonly string[] {
  const all = [...kernel.gates.values()];
  const chosen = selectors.flatMap((selector) => {
    const named = all.filter(({ gate }) => gate.name === selector);
    // `coverage` is a gate and the short name of the plugin that brings it: the gate is meant.
    if (named.length > 0) return named.map(({ gate }) => gate.name);
    const matches = all.filter(
      ({ gate, plugin }) =>
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
