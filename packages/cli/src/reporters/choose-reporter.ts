import type { GlobalOptions } from "../global-options.ts";
import { paintFor } from "../terminal.ts";
import { agentReporter } from "./agent.ts";
import { defaultReporter } from "./default.ts";
import { jsonReporter } from "./json.ts";
import { ndjsonReporter } from "./ndjson.ts";
import type { Reporter, Streams } from "./reporter.ts";

/** The process's own streams. */
export const processStreams: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** The reporter that the options ask for. @param root absolute repository root */
export function chooseReporter(
  options: GlobalOptions,
  root: string,
  streams: Streams = processStreams,
): Reporter {
  if (options.reporter === "json") return jsonReporter(streams);
  if (options.reporter === "ndjson") return ndjsonReporter(streams);
  if (options.reporter === "agent") return agentReporter(streams);
  return defaultReporter({
    streams,
    paint: paintFor(options.color, process.stdout),
    progressPaint: paintFor(options.color, process.stderr),
    quiet: options.quiet,
    verbose: options.verbose,
    root,
  });
}
