import { isTowpathError } from "@towpath/core";

/** What each exit code means; `towpath --help` prints it. */
export const exitCodes: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "every required gate promoted"],
  ["1", "a required gate failed"],
  ["2", "usage or configuration error; nothing ran"],
  ["3", "could not decide: tool missing, crash, timeout, evidence missing"],
  ["4", "nothing selected to check"],
  ["5", "waiting"],
  ["130, 143", "stopped by a signal"],
];

/** The exit code of an error that ended a command before a verdict. */
export function exitOfError(error: unknown): number {
  if (!isTowpathError(error)) return 3;
  if (error.data.code === "TP1006") return 4;
  return /^TP1[012]/.test(error.data.code) ? 2 : 3;
}
