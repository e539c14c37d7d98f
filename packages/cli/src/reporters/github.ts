import { randomUUID } from "node:crypto";
import type { Reporter } from "./reporter.ts";

/**
 * A reporter for GitHub Actions around another one: while that one prints, workflow commands are off; at the end come
 * annotations, the job summary and the outputs of the step.
 * @param inner prints no commands even so: the runner reads the two streams of a step apart from each other, so text of
 *   one may come after the end of the other
 * @param say prints commands; not where a document is printed
 * @param root absolute repository root
 */
export function githubReporter(
  inner: Reporter,
  { say, root }: { say(text: string): void; readonly root: string },
): Reporter {
  const token = randomUUID();
  let stopped = false;
  const stop = (): void => {
    if (!stopped) say(`::stop-commands::${token}\n`);
    stopped = true;
  };
  return {
    event(event) {
      stop();
      inner.event(event);
    },
    async finish(report, files) {
      stop();
      await inner.finish(report, files);
      say(`::${token}::\n`);
      const { reportToGithub } = await import("./report-to-github.ts");
      await reportToGithub(report, { files, root, env: process.env, say: (line) => say(`${line}\n`) });
    },
  };
}
