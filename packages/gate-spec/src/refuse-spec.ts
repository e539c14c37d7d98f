import { Breakage, catalogue } from "@towpath/core";
import { sanitize } from "@towpath/kit";

/**
 * The breakage for a specification that cannot be used (TP1101).
 * @param file path as the user gave it
 * @param reason what is wrong with it, as the end of a sentence: `it does not exist`
 */
export function refuseSpec(file: string, reason: string, cause?: unknown): Breakage {
  const { title, why, fix } = catalogue.TP1101;
  const path = sanitize(file);
  return new Breakage("no-input", {
    message: `TP1101 ${title}: ${path}: ${reason}`,
    why,
    fix,
    where: [path],
    ...(cause === undefined ? {} : { cause }),
  });
}
