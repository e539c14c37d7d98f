import { Breakage, type AlertSource } from "@towpath/core";
import { excerpt, parseReport } from "@towpath/kit";
import { z } from "zod";
import { alertLine } from "./alert.ts";
import { fillIn } from "./placeholders.ts";

/** Limit of one answer in milliseconds. */
const limitMs = 10_000;

/** Most of an answer that is read, in bytes. */
const maxBytes = 8 * 1024 * 1024;

const labels = z.record(z.string(), z.string());
const answer = z.array(
  z.looseObject({ startsAt: z.iso.datetime({ offset: true }), labels, annotations: labels.default({}) }),
);

/** The alerts of an Alertmanager that people are told of: active, neither silenced nor inhibited. */
export function alertmanagerAlerts(options: {
  readonly url: string;
  readonly matchers: readonly string[];
}): AlertSource {
  const base = options.url.endsWith("/") ? options.url : `${options.url}/`;
  return {
    name: "alertmanager",
    async alerts(ctx, since) {
      const url = new URL("api/v2/alerts?active=true&silenced=false&inhibited=false", base);
      for (const matcher of options.matchers) url.searchParams.append("filter", fillIn(matcher, ctx));
      const text = await read(url, ctx.signal);
      return parseReport(answer, text, "the list of alerts of Alertmanager")
        .filter(({ startsAt }) => Date.parse(startsAt) >= since)
        .map((alert) => {
          const { summary, description = "" } = alert.annotations;
          return alertLine(`${alert.labels["alertname"] ?? "an alert"}: ${summary ?? description}`);
        });
    },
  };
}

/** @throws {Breakage} `network` when there is no whole answer with status 200 */
async function read(url: URL, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.any([signal, limit]) });
    const text = await whole(response);
    if (response.status === 200) return text;
    throw unanswered(url, `it answered with status ${response.status}: ${excerpt(text, 300)}`);
  } catch (error) {
    if (error instanceof Breakage) throw error;
    signal.throwIfAborted();
    if (limit.aborted) throw unanswered(url, `it did not answer within ${limitMs / 1000} s`);
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    throw unanswered(url, excerpt(cause instanceof Error ? cause.message : String(cause), 300));
  }
}

async function whole(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new Breakage("parse", { message: `Alertmanager answered with more than ${maxBytes} bytes` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function unanswered(url: URL, why: string): Breakage {
  return new Breakage("network", {
    message: `Alertmanager at ${url.origin} did not say what alerts there are`,
    why,
    fix: ["Correct `monitoring.alertmanager` of @towpath/gate-operations, or start it."],
  });
}
