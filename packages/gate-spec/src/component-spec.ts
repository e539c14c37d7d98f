import type { SpecDoc } from "@towpath/core";
import { Breakage, type GateContext } from "@towpath/core";
import { readSpec } from "./read-spec.ts";

/**
 * The specification of the component that a gate checks.
 * @throws {Breakage} `no-input` when none is given, or it cannot be used
 */
export async function componentSpec({ component, workspace }: GateContext): Promise<SpecDoc> {
  if (component.spec === undefined) {
    throw new Breakage("no-input", {
      message: "no specification given; pass --spec",
      fix: [
        "towpath run --spec specs/<component>.md --component <component>",
        "Or declare `spec:` for the component in the configuration.",
      ],
    });
  }
  return readSpec(workspace.root, component.spec);
}
