import { Breakage } from "@towpath/core";
import { lastWords } from "./last-words.ts";

/**
 * Why pip-audit came to no verdict. The words decide only what kind of breakage it is, never whether something passes.
 * @param code the exit code
 */
export function auditBreakage(code: number, stderr: string): Breakage {
  const why = lastWords(stderr);
  if (code === 2 || unusableRequirements.test(stderr)) {
    return new Breakage("tool-config", { message: "pip-audit rejected what it was given", why });
  }
  if (unreachable.test(stderr)) {
    return new Breakage("network", {
      message: "the vulnerability service did not give a usable answer",
      why,
    });
  }
  return new Breakage("tool-crash", {
    message: `pip-audit ended with exit code ${code}${code === 1 ? " and wrote no report" : ""}`,
    why,
  });
}

/** pip-audit demands that each requirement is pinned, once, and written as PEP 508 says. */
const unusableRequirements =
  /is not pinned|invalid specifier|invalid requirements input|duplicate requirements|does not contain a hash/;

/** The HTTP client's exceptions, those of pip-audit's services, and its own advice. */
const unreachable =
  /\b(?:requests|urllib3)\.exceptions\.|pip_audit\._service\.interface\.(?:Service|Connection)Error|may be blocking this service|Could not connect to|not redirecting properly/;
