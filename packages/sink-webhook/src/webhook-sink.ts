import { createHash } from "node:crypto";
import { TowpathError, type Sink } from "@towpath/core";
import { noticeOf, payload, type Notice } from "./message-of.ts";
import type { WebhookOptions } from "./options.ts";

/** What is older is told to nobody: a sink that is new to a project would tell its whole past. */
const maxAgeMs = 24 * 3_600_000;

/** Longest time that one call may take, in milliseconds. */
const timeoutMs = 5_000;

/** What the sink works with, so that tests can turn it. */
export interface WebhookParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Tells a webhook of a batch in one message, so that a batch that comes again cannot be told in halves. The message has
 * the same `Idempotency-Key` each time.
 */
export function webhookSink(
  { urlFrom, on, prefix }: WebhookOptions,
  { env, now, fetch }: WebhookParts,
): Sink {
  return {
    name: "webhook",
    timeoutMs,
    async deliver(events, signal, past) {
      const notices: Notice[] = [];
      const rows = new Map([...new Set(events.map(({ run }) => run))].map((run) => [run, past.run(run)]));
      for (const stored of events) {
        const { event, run } = stored;
        const plan = rows.get(run)?.plan;
        if (plan?.kind === "check" || now() - Date.parse(event.at) > maxAgeMs) continue;
        const names = plan?.components.map(({ name }) => name).join(", ");
        const notice = noticeOf(stored, names ?? run);
        if (notice !== undefined && on.includes(notice.topic)) notices.push(notice);
      }
      if (notices.length === 0) return;
      const body = JSON.stringify(payload(notices, prefix));
      const response = await fetch(addressIn(env, urlFrom), {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "idempotency-key": createHash("sha256").update(`${events[0]?.position}\n${body}`).digest("hex"),
        },
        body,
        redirect: "error",
        signal,
      }).catch((cause: unknown) => {
        // Its own words could hold the address.
        throw new Error("the webhook did not answer", { cause });
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the webhook answered with status ${response.status}`);
    },
  };
}

function addressIn(env: WebhookParts["env"], name: string): URL {
  const value = env[name];
  const url = value === undefined || value === "" || !URL.canParse(value) ? undefined : new URL(value);
  if (url !== undefined && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw new TowpathError("TP1208", {
    message: `the variable ${name} holds no address of a webhook`,
    fix: [`Set ${name} to the address, in the environment of this program.`],
  });
}
