import type { StoredEvent } from "@towpath/core";
import type { Topic } from "./options.ts";

/** Something worth telling. */
export interface Notice {
  readonly topic: Topic;
  readonly run: string;
  /** One line of plain text. */
  readonly text: string;
}

/** Longest part of a line that comes from a tool or a specification, in characters. */
const mostText = 300;

/**
 * What an event is told as, if it is. Results that do not block, results from the record and bare checks are not told.
 * @param components names of the run's components, for its first words
 */
export function noticeOf({ event, run }: StoredEvent, components: string): Notice | undefined {
  switch (event.type) {
    case "run:end": {
      if (event.status === "parked")
        return { topic: "workflow-waiting", run, text: `${components}: the run ${run} waits` };
      if (event.status !== "closed" && event.status !== "unknown") return undefined;
      return event.exit === 0
        ? { topic: "workflow-complete", run, text: `${components}: the run ${run} is complete` }
        : {
            topic: "workflow-failed",
            run,
            text: `${components}: the run ${run} failed with exit ${event.exit}`,
          };
    }
    case "stage:end": {
      if (event.status !== "stopped") return undefined;
      const why = event.reason === undefined ? "" : `: ${cut(event.reason)}`;
      return { topic: "stage-failed", run, text: `${components}: stopped at ${event.stage}${why}` };
    }
    case "gate:end": {
      const { result } = event;
      if (!result.required || result.cached !== undefined) return undefined;
      if (result.verdict !== "failed" && result.verdict !== "errored") return undefined;
      const broken = result.error?.message ?? result.findings.find(({ level }) => level === "error")?.message;
      const what = result.verdict === "failed" ? "failed" : "could not decide";
      const why = broken === undefined ? "" : `: ${cut(broken)}`;
      return { topic: "gate-failed", run, text: `${result.component}: ${result.gate} ${what}${why}` };
    }
    default:
      return undefined;
  }
}

/** On one line, without control characters, and no longer than it is read. */
function cut(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const line = text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/gu, " ").trim();
  return line.length > mostText ? `${line.slice(0, mostText).replace(/[\uD800-\uDBFF]$/u, "")}…` : line;
}

/**
 * The body for webhooks that take Slack's form (Slack, Mattermost, Discord's `/slack`, Rocket.Chat): plain text in which
 * nothing is a link, a mention or a format.
 */
export function payload(notices: readonly Notice[], prefix?: string): { readonly text: string } {
  const signs: Readonly<Record<Topic, string>> = {
    "workflow-complete": "✓",
    "workflow-failed": "✗",
    "workflow-waiting": "…",
    "stage-failed": "✗",
    "gate-failed": "✗",
  };
  const before = prefix === undefined ? "" : `${escape(prefix)} `;
  const shown = notices
    .slice(0, mostLines)
    .map(({ topic, text }) => `${signs[topic]} ${before}${escape(text)}`);
  const more = notices.length > mostLines ? [`and ${notices.length - mostLines} more`] : [];
  return { text: [...shown, ...more].join("\n") };
}

/** Lines in one message. */
const mostLines = 20;

/** `&`, `<` and `>` are Slack's own; a zero-width joiner keeps names from being mentions and marks from formatting. */
function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[@*_~`]/g, (mark) => `${mark}\u2060`);
}
