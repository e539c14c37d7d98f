import { spawn } from "node:child_process";
import { constants } from "node:os";
import { root, toolEnv } from "./project.mjs";

/** A message for the user; the stack is of no use to them. */
export class SetupError extends Error {
  /** @param {string} message what happened, why, and how to fix it @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = "SetupError";
    this.exitCode = exitCode;
  }
}

/**
 * @typedef {object} CommandResult
 * @property {number} code exit code; 128 + n when signal n ended it
 * @property {string} stdout empty when the output was shown
 * @property {string} stderr empty when the output was shown
 */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
/** @type {NodeJS.Signals | undefined} */
let stoppedBy;

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.on(signal, () => {
    if (stoppedBy !== undefined || running.size === 0) process.exit(128 + constants.signals[signal]);
    stoppedBy = signal;
    for (const child of running) child.kill(signal);
  });
}

/**
 * Runs a program without a shell and waits for it. Ctrl-C and SIGTERM are passed on; a second one ends this
 * process at once.
 * @param {readonly [string, ...string[]]} argv program and arguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: "all" | "stderr" | "none" }} [options] `show`: which
 *   streams the user sees directly; the others are collected. @default "none"
 * @returns {Promise<CommandResult>}
 */
export async function run(argv, { cwd = root, env = toolEnv(), show = "none" } = {}) {
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ["ignore", show === "all" ? "inherit" : "pipe", show === "none" ? "pipe" : "inherit"],
  });
  running.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text) => (stderr += text));
  try {
    /** @type {number} */
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exit, signal) => resolve(exit ?? 128 + constants.signals[signal ?? "SIGKILL"]));
    });
    if (stoppedBy !== undefined) throw new SetupError("stopped", 128 + constants.signals[stoppedBy]);
    return { code, stdout, stderr };
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(
      `${program} could not be started: ${error instanceof Error ? error.message : error}`,
    );
  } finally {
    running.delete(child);
  }
}

/**
 * Does a long piece of work and tells how long it took: `installing packages … 17 s`.
 * @template T
 * @param {string} label @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function step(label, work) {
  process.stdout.write(`${label} …`);
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    const result = await work();
    process.stdout.write(` ${seconds()}\n`);
    return result;
  } catch (error) {
    process.stdout.write(` stopped after ${seconds()}\n`);
    throw error;
  }
}

/**
 * Runs a program that must succeed; its output is shown only when it does not.
 * @param {readonly [string, ...string[]]} argv
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, hint: string }} options `hint`: how to fix a failure
 */
export async function mustRun(argv, { hint, ...options }) {
  const { code, stdout, stderr } = await run(argv, options);
  if (code === 0) return;
  const output = `${stdout}${stderr}`.trim().split("\n").slice(-40).join("\n");
  throw new SetupError(`${output}\n\n${argv.join(" ")}\nended with exit code ${code}. ${hint}`);
}

/**
 * Runs a script's main function and turns its end into the exit code of the process.
 * @param {() => Promise<number>} main gives the exit code
 */
export async function runMain(main) {
  process.exitCode = 1;
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = error.exitCode;
  }
}
