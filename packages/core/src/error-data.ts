import { breakageKinds, isBreakage } from "./breakage.ts";
import { catalogue } from "./catalogue.ts";
import { isTowpathError, type ErrorData } from "./errors.ts";

/** Any error as data. Where it does not say why and how to mend it, the catalogue does. */
export function errorDataOf(error: unknown): ErrorData {
  if (isTowpathError(error)) return error.data;
  const code = isBreakage(error) ? breakageKinds[error.kind].code : "TP9001";
  const message = error instanceof Error ? error.message : String(error);
  const { why, fix, where = [] } = isBreakage(error) ? error.details : {};
  return { code, message, why: why || catalogue[code].why, fix: fix ?? catalogue[code].fix, where };
}
