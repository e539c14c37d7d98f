import { execFile, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Path of a program in `programs`. */
export function programPath(name: string): string {
  return fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
}

/** How a program ended, and what it said. */
export interface Ended {
  readonly signal: string | undefined;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** Runs `writer.ts` to its end, below other programs if some are given. */
export async function runWriter(args: readonly string[], below: readonly string[] = []): Promise<Ended> {
  const [command = process.execPath, ...rest] = [...below, process.execPath, programPath("writer"), ...args];
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const said = (stdout: string): readonly string[] => stdout.split("\n").filter((line) => line !== "");
  try {
    const { stdout, stderr } = await promisify(execFile)(command, rest, options);
    return { signal: undefined, lines: said(stdout), stderr };
  } catch (error) {
    const failed = error as { signal?: string; stdout?: string; stderr?: string };
    return { signal: failed.signal, lines: said(failed.stdout ?? ""), stderr: failed.stderr ?? "" };
  }
}

/** A program that answers questions. */
export interface Partner {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly greeting: string;
  ask(question: object): Promise<string>;
  /** Kills it, and waits for its end. */
  kill(): Promise<void>;
}

/** Starts a program of `programs` and waits until it is ready. */
export async function startPartner(name: string, args: readonly string[] = []): Promise<Partner> {
  const child = fork(programPath(name), args, { execArgv: ["--expose-gc"] });
  let waiting = Promise.withResolvers<string>();
  child.on("message", (message) => waiting.resolve(String(message)));
  child.on("exit", (code) => waiting.reject(new Error(`the program ended with ${String(code)}`)));
  const greeting = await waiting.promise;
  return {
    pid: child.pid ?? 0,
    greeting,
    async ask(question) {
      waiting = Promise.withResolvers();
      child.send(question);
      return waiting.promise;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Whether a program can be started. */
export function isInstalled(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}
