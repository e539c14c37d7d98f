import { jsonDocument } from "./json-document.ts";
import type { Reporter, Streams } from "./reporter.ts";

/** Every event as one line of JSON on standard output, as it happens; the document of the run is the last line. */
export function ndjsonReporter({ out }: Streams): Reporter {
  return {
    event: (event) => out(`${JSON.stringify(event)}\n`),
    finish: (report, files) => out(`${JSON.stringify({ type: "result", ...jsonDocument(report, files) })}\n`),
  };
}
