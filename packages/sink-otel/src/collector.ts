import type { OtelOptions, Signal } from "./options.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Where a signal goes, and with what. */
export interface Collector {
  /** Sends one request; answers with what the collector refused for good. @throws when it is to be sent again later */
  send(signal: Signal, body: unknown, stop: AbortSignal): Promise<string | undefined>;
}

/** Answers after which the same request may succeed later (OTLP/HTTP, "Retryable Response Codes"). */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Longest part of an answer that is read, in bytes. */
const mostAnswer = 64 * 1024;

/**
 * Speaks OTLP over HTTP in JSON. Addresses and headers are those of the standard variables, a signal's own before the
 * common ones.
 */
export function collector({ endpoint }: OtelOptions, env: Env, fetch: typeof globalThis.fetch): Collector {
  return {
    async send(signal, body, stop) {
      const url = addressOf(signal, endpoint, env);
      let response: Response;
      try {
        const headers = { ...headersOf(signal, env), "content-type": "application/json" };
        response = await fetch(url, {
          method: "POST",
          headers,
          body: JSON.stringify(body),
          redirect: "error",
          signal: stop,
        });
      } catch (cause) {
        throw new Error(`the collector at ${url.origin} did not answer`, { cause });
      }
      if (retryable.has(response.status) || response.status >= 500) {
        await response.body?.cancel();
        throw new Error(`the collector at ${url.origin} answered with status ${response.status}`);
      }
      const answer = await readAnswer(response);
      // The standard forbids to send again what was refused, in whole or in part.
      if (!response.ok)
        return `${signal}: the collector at ${url.origin} refused them with status ${response.status}`;
      return rejectedIn(signal, answer);
    },
  };
}

function addressOf(signal: Signal, endpoint: string | undefined, env: Env): URL {
  const own = env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`];
  if (endpoint === undefined && own !== undefined && own !== "") return new URL(own);
  const common = env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  const base = endpoint ?? (common === undefined || common === "" ? "http://localhost:4318" : common);
  return new URL(`${base.replace(/\/+$/, "")}/v1/${signal}`);
}

/** `key=value,key2=value2`, percent-encoded. */
function headersOf(signal: Signal, env: Env): Readonly<Record<string, string>> {
  const text =
    env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`] ?? env["OTEL_EXPORTER_OTLP_HEADERS"] ?? "";
  const pairs = text.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) return [];
    return [[decoded(pair.slice(0, at).trim()).toLowerCase(), decoded(pair.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function readAnswer(response: Response): Promise<string> {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > mostAnswer) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function rejectedIn(signal: Signal, answer: string): string | undefined {
  let partial: Record<string, unknown> | undefined;
  try {
    partial = JSON.parse(answer)?.partialSuccess;
  } catch {
    // Collectors may answer with nothing, or in another format: they took it all.
    return undefined;
  }
  const rejected = Object.entries(partial ?? {}).find(([key]) => key.startsWith("rejected"))?.[1];
  if (rejected === undefined || Number(rejected) === 0) return undefined;
  return `${signal}: the collector took all but ${String(rejected)}: ${String(partial?.["errorMessage"] ?? "it does not say why")}`;
}
