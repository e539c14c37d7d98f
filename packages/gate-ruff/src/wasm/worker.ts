import { Worker } from "node:worker_threads";
import { Breakage, isBreakage } from "@towpath/core";
import type { RuffCommand } from "../log.ts";

/** Files that share their options. */
export interface WorkerJob {
  readonly options: object;
  /** Absolute paths. */
  readonly files: readonly string[];
}

/** What the worker answers for one file; `diagnostics` are still to be checked, as the engine's types promise nothing. */
export type FileAnswer =
  | { readonly kind: "checked"; readonly path: string; readonly diagnostics: unknown }
  | { readonly kind: "formatted"; readonly path: string; readonly source: string; readonly formatted: string }
  | { readonly kind: "unreadable"; readonly path: string; readonly reason: string }
  | { readonly kind: "crashed"; readonly path: string; readonly reason: string };

/** What the worker answers. */
export type WorkerAnswer =
  | { readonly kind: "rejected"; readonly reason: string }
  | { readonly kind: "done"; readonly version: string; readonly files: readonly FileAnswer[] };

/** What the worker is given. */
export interface WorkerTask {
  /** Absolute path of the engine's CommonJS module. */
  readonly engine: string;
  readonly command: RuffCommand;
  readonly jobs: readonly WorkerJob[];
}

/**
 * The worker's program. It is a text, so that it still runs when this package is bundled into another file.
 * Equal files are compared here, so that only texts that differ travel back.
 */
const PROGRAM = `
"use strict";
const { readFileSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const { engine, command, jobs } = workerData;
const { Workspace, PositionEncoding } = require(engine);
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function look(workspace, path) {
  let source;
  try {
    source = decoder.decode(readFileSync(path));
  } catch (error) {
    const reason = error.code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "it is not valid UTF-8" : error.message;
    return { kind: "unreadable", path, reason };
  }
  try {
    if (command === "check") return { kind: "checked", path, diagnostics: workspace.check(source) };
    try {
      return unlessEqual({ kind: "formatted", path, source, formatted: workspace.format(source) });
    } catch (error) {
      // The program, too, reports a file's first syntax error alone when it formats.
      const broken = workspace.check(source).find((diagnostic) => diagnostic.code === "invalid-syntax");
      if (!broken) throw error;
      return { kind: "checked", path, diagnostics: [broken] };
    }
  } catch (error) {
    return { kind: "crashed", path, reason: String(error?.message ?? error) };
  }
}

function unlessEqual(answer) {
  return answer.source === answer.formatted ? { kind: "checked", path: answer.path, diagnostics: [] } : answer;
}

function run() {
  const files = [];
  for (const job of jobs) {
    let workspace;
    try {
      workspace = new Workspace(job.options, PositionEncoding.Utf32);
    } catch (error) {
      return { kind: "rejected", reason: String(error?.message ?? error) };
    }
    for (const path of job.files) files.push(look(workspace, path));
  }
  return { kind: "done", version: Workspace.version(), files };
}

parentPort.postMessage(run());
`;

/**
 * Runs the embedded engine in a thread of its own, so that the event loop stays free and an abort takes effect at once.
 * @throws {Breakage} the reason of an abort; tool-crash when the thread dies
 */
export async function runWorker(task: WorkerTask, signal: AbortSignal): Promise<WorkerAnswer> {
  if (signal.aborted) throw aborted(signal);
  const worker = new Worker(PROGRAM, { eval: true, workerData: task, env: {}, execArgv: [] });
  const { promise, resolve, reject } = Promise.withResolvers<WorkerAnswer>();
  const stop = (): void => reject(aborted(signal));
  signal.addEventListener("abort", stop, { once: true });
  worker.once("message", resolve);
  worker.once("error", (cause) => reject(crashed(cause)));
  worker.once("exit", (code) => reject(crashed(new Error(`the thread ended with ${code}`))));
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    // It ends soon; what V8 still compiles for it need not be waited for.
    void worker.terminate();
  }
}

function aborted({ reason }: AbortSignal): Breakage {
  return isBreakage(reason)
    ? reason
    : new Breakage("cancelled", { message: "the embedded ruff was stopped", cause: reason });
}

function crashed(cause: unknown): Breakage {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Breakage("tool-crash", { message: "the embedded ruff crashed", why, cause });
}
