import { isTowpathError } from "@towpath/core";

/** What each exit code means; `towpath --help` prints it. */
export const exitCodes: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "every required gate promoted"],
  ["1", "a required gate failed"],
  ["2", "usage or configuration error; nothing ran"],
  ["3", "could not decide: tool missing, crash, timeout, evidence missing, journal"],
  ["4", "nothing selected to check"],
  ["5", "waiting for a soak or a person: says for what and until when"],
  ["6", "an operator must look: nobody knows whether a deploy was done"],
  ["7", "another run owns this component"],
  ["130, 143", "stopped by a signal"],
];

/** Beside the blocks 10 to 12: what is refused before anything runs. */
const refusals: ReadonlySet<string> = new Set([
  "TP5001",
  "TP5009",
  "TP6003",
  "TP6104",
  "TP6105",
  "TP6108",
  "TP6201",
  "TP6202",
  "TP6402",
]);

/** The exit code of an error that ended a command before a verdict. */
export function exitOfError(error: unknown): number {
  if (!isTowpathError(error)) return 3;
  const { code } = error.data;
  if (code === "TP1006") return 4;
  if (code === "TP6101") return 7;
  return /^TP1[012]/.test(code) || refusals.has(code) ? 2 : 3;
}

const severity: readonly number[] = [143, 130, 6, 1, 3, 5, 4];

/** The exit code that stands for several: the first of 6, 1, 3, 5, 4, 0; a signal before all. */
export function worstExit(exits: readonly number[]): number {
  return severity.find((code) => exits.includes(code)) ?? 0;
}
