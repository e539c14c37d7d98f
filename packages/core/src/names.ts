import { TowpathError } from "./errors.ts";

/** What a component's or gate's name looks like. Names become file and lock names, so this is checked once, first. */
export const componentNamePattern: RegExp = /^[a-z][a-z0-9_-]{0,63}$/;

/**
 * Checks a component's name.
 * @throws {TowpathError} TP1003
 */
export function checkComponentName(name: string, where: readonly string[] = []): string {
  if (componentNamePattern.test(name)) return name;
  throw new TowpathError("TP1003", {
    message: `${JSON.stringify(name.slice(0, 80))} is no component name`,
    where,
  });
}
