import { spawn } from "node:child_process";
import { pythonEnv } from "@towpath/testkit";

/** Companies reach the index of packages through a proxy and with certificates of their own. */
const networkVariables = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "REQUESTS_CA_BUNDLE",
  "SSL_CERT_FILE",
];

/** The environment of both sides of the comparison: the pinned tools, and this machine's way to the network. */
export async function toolEnv(): Promise<Readonly<Record<string, string | undefined>>> {
  const { env } = await pythonEnv();
  return { ...env, ...Object.fromEntries(networkVariables.map((name) => [name, process.env[name]])) };
}

/** A program to run: an argv array, never a shell. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Exit codes after which the output is a report. @default [0] */
  readonly codes?: readonly number[];
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
}

/**
 * Runs a program to its end.
 * @throws {Error} when it cannot be started, or ends with another code, with its own words
 */
export function runProgram({ command, args, cwd, env, codes = [0] }: Program): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== null && codes.includes(code)) resolve({ code, stdout });
      else reject(new Error(`${[command, ...args].join(" ")}\nended with ${code}\n${stdout}\n${stderr}`));
    });
  });
}
