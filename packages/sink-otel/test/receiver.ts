import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { pythonEnv } from "@towpath/testkit";
import { onTestFinished } from "vitest";

/** A request that a collector got. */
export interface Received {
  readonly path: string;
  readonly body: Record<string, never>;
  readonly headers: Readonly<Record<string, string>>;
  /** Why it is no message of the official definition. */
  readonly error?: string;
  readonly same?: boolean;
}

/** Starts a collector that holds every request against the official messages of OpenTelemetry. */
export async function receiver(): Promise<{
  readonly url: string;
  received(): Promise<readonly Received[]>;
}> {
  const { python } = await pythonEnv();
  const child = spawn(python, [fileURLToPath(new URL("receiver.py", import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [port] = await once(child.stdout.setEncoding("utf8"), "data");
  const url = `http://127.0.0.1:${String(port).trim()}`;
  return { url, received: async () => (await fetch(url)).json() as Promise<readonly Received[]> };
}
