import { jsonDocument } from "./json-document.ts";
import type { Reporter, Streams } from "./reporter.ts";

/** One JSON document on standard output, nothing else. */
export function jsonReporter({ out }: Streams): Reporter {
  return {
    event: () => undefined,
    finish: (report, files) => out(`${JSON.stringify(jsonDocument(report, files), undefined, 2)}\n`),
  };
}
