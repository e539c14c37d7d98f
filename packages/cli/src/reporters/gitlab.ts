import type { TowpathEvent } from "@towpath/core";
import type { Reporter, Streams } from "./reporter.ts";

/** A reporter for GitLab around another one: each stage is a section of the log that can be folded. */
export function gitlabReporter(inner: Reporter, { err }: Streams): Reporter {
  return {
    event(event) {
      if (event.type === "stage:start") err(section("start", event));
      inner.event(event);
      if (event.type === "stage:end" && event.status !== "skipped") err(section("end", event));
    },
    finish: (report, files) => inner.finish(report, files),
  };
}

/** GitLab wants the time in seconds, a name of letters, and these very characters around it. */
function section(
  what: "start" | "end",
  { stage, at }: Extract<TowpathEvent, { readonly type: "stage:start" | "stage:end" }>,
): string {
  const head = `\u001b[0Ksection_${what}:${Math.trunc(Date.parse(at) / 1000)}:towpath_${stage}\r\u001b[0K`;
  return what === "start" ? `${head}${stage}\n` : `${head}\n`;
}
