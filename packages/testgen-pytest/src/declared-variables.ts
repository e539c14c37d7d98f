import type { GateContext } from "@towpath/core";

/** The variables that the tests need and that are set. @param names the option `env` */
export function declaredVariables(
  names: readonly string[],
  env: GateContext["env"],
): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
