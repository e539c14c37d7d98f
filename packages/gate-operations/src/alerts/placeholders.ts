import type { TargetContext } from "@towpath/core";

/**
 * The text with `{component}` and `{environment}` replaced. What is put in is not searched again.
 * @example fillIn('service="{component}"', ctx) // service="shelf"
 */
export function fillIn(text: string, { component, environment }: TargetContext): string {
  const values = { component: component.name, environment };
  return text.replaceAll(/\{(component|environment)\}/g, (_, name: keyof typeof values) => values[name]);
}
