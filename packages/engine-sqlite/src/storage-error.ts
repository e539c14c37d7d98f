import { TowpathError } from "@towpath/core";

/** SQLite's primary result codes that mean something here (https://sqlite.org/rescode.html). */
export const result = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** A row that does not hold what was written. */
export class DamagedRow extends Error {
  override readonly name = "DamagedRow";
}

/** SQLite's primary result code, or `undefined` for any other error. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode & 0xff;
}

/**
 * What an error of SQLite or of the file system means to the one who runs Towpath. Other errors stay what they are.
 * @param path the file that could not be used
 */
export function storageError(cause: unknown, path: string): unknown {
  // A number that is too large for one of ours was not written by us.
  const outOfRange = cause instanceof RangeError && "code" in cause && cause.code === "ERR_OUT_OF_RANGE";
  if (cause instanceof DamagedRow || outOfRange) return damage(path, cause.message, cause);
  const code = resultCode(cause);
  const system = cause instanceof Error && "syscall" in cause && "code" in cause ? cause.code : undefined;
  if (!(cause instanceof Error) || (code === undefined && system === undefined)) return cause;
  if (code === result.full || system === "ENOSPC" || system === "EDQUOT")
    return new TowpathError("TP6109", { where: [path], cause });
  if (code === result.corrupt || code === result.notADatabase) return damage(path, cause.message, cause);
  const message =
    code === result.busy
      ? `${path} is busy: another process has kept it for longer than this one waits`
      : `${path} cannot be used: ${cause.message}`;
  return new TowpathError("TP6102", { message, where: [path], cause });
}

/** That the journal does not hold what was written. The file is left as it is. */
export function damage(path: string, what: string, cause?: unknown): TowpathError {
  return new TowpathError("TP6106", { message: `${path} is damaged: ${what}`, where: [path], cause });
}
