import { isTowpathError } from "@towpath/core";

/** The code of the error that a call ends with; `undefined` when it ends well. Errors of other kinds pass through. */
export function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!isTowpathError(error)) throw error;
    return error.data.code;
  }
}
