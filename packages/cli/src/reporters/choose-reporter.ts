import type { RunRecord } from "@towpath/history";
import type { GlobalOptions } from "../global-options.ts";
import { paintFor } from "../terminal.ts";
import { agentReporter } from "./agent.ts";
import { defaultReporter } from "./default.ts";
import { githubReporter } from "./github.ts";
import { gitlabReporter } from "./gitlab.ts";
import { inertStreams } from "./inert-streams.ts";
import { jsonReporter } from "./json.ts";
import { ndjsonReporter } from "./ndjson.ts";
import type { Reporter, Streams } from "./reporter.ts";

/** The process's own streams. */
export const processStreams: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/**
 * The reporter that the options ask for, with what the CI wants beside it.
 * @param root absolute repository root
 * @param past past runs of the component, oldest first; asked only where they are shown
 */
export function chooseReporter(
  options: GlobalOptions,
  root: string,
  past: () => readonly RunRecord[],
  streams: Streams = processStreams,
): Reporter {
  const data = options.reporter === "json" || options.reporter === "ndjson";
  const { platform, tellsPlatform } = options;
  if (platform !== "github") {
    const reporter = plainReporter(options, root, past, streams);
    return platform === "gitlab" && tellsPlatform && !data && !options.quiet
      ? gitlabReporter(reporter, streams)
      : reporter;
  }
  const reporter = plainReporter(options, root, past, inertStreams(streams, data));
  return tellsPlatform ? githubReporter(reporter, { say: data ? streams.err : streams.out, root }) : reporter;
}

function plainReporter(
  options: GlobalOptions,
  root: string,
  past: () => readonly RunRecord[],
  streams: Streams,
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
    past: options.quiet ? [] : past(),
  });
}
