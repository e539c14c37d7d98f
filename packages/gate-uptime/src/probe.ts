import { connect } from "node:net";
import { Breakage, type Deployment, type Exec } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { httpGet } from "./http-get.ts";
import type { ProbeOptions, UptimeOptions } from "./options.ts";

/** What is probed, and with what. */
export interface ProbeRequest {
  readonly component: string;
  readonly deployment: Deployment;
  readonly options: Pick<UptimeOptions, "probe" | "timeoutMs">;
  readonly exec: Exec;
  readonly signal: AbortSignal;
}

/** What a probe saw. */
export interface ProbeAnswer {
  readonly state: "up" | "down" | "unknown";
  /** In a few words. */
  readonly detail: string;
}

type Part<K extends string> = Extract<ProbeOptions, Readonly<Record<K, unknown>>>;

const mostBytes = 64 * 1024;

/** Errors of this machine, not of the release: that it could not ask says nothing. */
const own: ReadonlySet<string> = new Set([
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
]);

/**
 * Asks a release once. Each question has a connection or process of its own.
 * @throws {Breakage} `no-input` when the deployment has no usable address and the probe needs one
 */
export async function probe(request: ProbeRequest): Promise<ProbeAnswer> {
  const { probe: how } = request.options;
  if ("http" in how) return probeHttp(request, how.http);
  return "tcp" in how ? probeTcp(request, how.tcp.port) : probeByCommand(request, how.command);
}

async function probeHttp(request: ProbeRequest, rules: Part<"http">["http"]): Promise<ProbeAnswer> {
  const { deployment, options, signal } = request;
  const address = addressOf(request);
  const base = `${address.origin}${address.pathname.replace(/\/+$/, "")}`;
  const begun = performance.now();
  const ask = (path: string): ReturnType<typeof httpGet> => {
    const timeoutMs = Math.max(1, Math.ceil(options.timeoutMs - (performance.now() - begun)));
    return httpGet(new URL(`${base}${path}`), { timeoutMs, signal, mostBytes });
  };
  const health = await ask(rules.path);
  if ("problem" in health) return unanswered(health);
  if (health.status !== rules.status)
    return { state: "down", detail: `status ${health.status}, not ${rules.status}` };
  if (rules.version === undefined) return { state: "up", detail: `status ${health.status}` };
  const said = await ask(rules.version.path);
  if ("problem" in said) return unanswered(said);
  if (said.status !== 200) return { state: "down", detail: `no version: status ${said.status}` };
  const digest = fieldOf(said.body, rules.version.field);
  if (digest === deployment.digest) return { state: "up", detail: `status ${health.status}` };
  return {
    state: "down",
    detail: digest === undefined ? "no version" : `wrong release: ${excerpt(digest, 64)}`,
  };
}

function probeTcp(request: ProbeRequest, port: number | undefined): Promise<ProbeAnswer> {
  const { options, signal } = request;
  const { timeoutMs } = options;
  const url = addressOf(request);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const standard = url.protocol === "https:" ? 443 : 80;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  return new Promise((resolve) => {
    const socket = connect({ host, port: port ?? (Number(url.port) || standard), signal: limit });
    socket.once("connect", () => {
      socket.destroy();
      resolve({ state: "up", detail: "connected" });
    });
    socket.once("error", (error: NodeJS.ErrnoException) =>
      resolve(
        unanswered(
          error.name === "AbortError"
            ? { problem: `no answer within ${timeoutMs} ms` }
            : { problem: error.message, ...(error.code === undefined ? {} : { code: error.code }) },
        ),
      ),
    );
  });
}

async function probeByCommand(request: ProbeRequest, argv: readonly string[]): Promise<ProbeAnswer> {
  const { component, deployment, options, exec, signal } = request;
  const [command = "", ...args] = argv;
  const env = {
    TOWPATH_COMPONENT: component,
    TOWPATH_ENVIRONMENT: deployment.environment,
    TOWPATH_RELEASE: deployment.digest,
    ...(deployment.url === undefined ? {} : { TOWPATH_URL: deployment.url }),
  };
  const { timeoutMs } = options;
  const result = await exec({ command, args, env, timeoutMs, signal, maxOutputBytes: mostBytes });
  if (result.status === "exited")
    return { state: result.code === 0 ? "up" : "down", detail: `exit code ${result.code}` };
  if (result.status === "timed-out") return { state: "down", detail: `no answer within ${timeoutMs} ms` };
  // The prober broke, not what it looks at.
  const why = result.startError?.message ?? result.signal ?? result.status;
  return { state: "unknown", detail: excerpt(`the probe itself broke: ${why}`, 200) };
}

function unanswered({ problem, code }: { readonly problem: string; readonly code?: string }): ProbeAnswer {
  const state = code !== undefined && own.has(code) ? "unknown" : "down";
  return { state, detail: excerpt(problem, 200) };
}

function addressOf({ component, deployment }: ProbeRequest): URL {
  const { url, environment } = deployment;
  const parsed = url === undefined ? null : URL.parse(url);
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new Breakage("no-input", {
    message:
      url === undefined
        ? `nobody knows where ${component} answers in ${environment}`
        : `${excerpt(url, 200)} is no http or https address`,
    why: "The deployer said nothing else of the release's address.",
    fix: [
      "Give the deployer the address of the environment (`url`).",
      "Or probe by `probe: { command: [argv] }`.",
    ],
  });
}

function fieldOf(body: string, field: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null) return undefined;
    const found = Object.entries(value).find(([name]) => name === field)?.[1];
    return typeof found === "string" ? found : undefined;
  } catch {
    return undefined;
  }
}
