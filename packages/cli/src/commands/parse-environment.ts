import { environments, TowpathError, type Environment } from "@towpath/core";
import { parseTarget } from "./parse-target.ts";

/**
 * The environment of a word, with the same spellings as targets.
 * @throws {TowpathError} TP1001
 */
export function parseEnvironment(word: string): Environment {
  const found = environments.find((name) => name === parseTarget(word));
  if (found) return found;
  throw new TowpathError("TP1001", {
    message: `there is no environment ${word}`,
    fix: [`Environments: ${environments.join(", ")}`],
  });
}
