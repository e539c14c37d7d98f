import { Worker } from "node:worker_threads";

/** How often the main thread shows that it is not stuck, in milliseconds. */
const beatMs = 200;

/**
 * What the other thread does: it cannot stop code that never gives the main thread back, only the process. That is like
 * a crash, and a run survives it.
 */
const program = `
const { workerData } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const { beats, limitMs, message, beatMs } = workerData;
const view = new Int32Array(beats);
let last = -1;
let missed = 0;
// Ticks are counted and not time: a process that was suspended has missed none.
setInterval(() => {
  const now = Atomics.load(view, 0);
  missed = now === last ? missed + 1 : 0;
  last = now;
  if (missed * beatMs < limitMs) return;
  writeSync(2, message);
  process.kill(process.pid, "SIGKILL");
}, beatMs);
`;

/**
 * Ends the process when plugin code keeps the main thread for too long, e.g. in an endless loop, where no time limit of a
 * gate can act.
 * @param limitMs in milliseconds
 * @param message printed before the end
 * @returns stops the watch
 */
export function startWatchdog(limitMs: number, message: string): () => Promise<void> {
  const beats = new SharedArrayBuffer(4);
  const view = new Int32Array(beats);
  const beat = setInterval(() => void Atomics.add(view, 0, 1), beatMs);
  beat.unref();
  const worker = new Worker(program, { eval: true, workerData: { beats, limitMs, message, beatMs } });
  worker.unref();
  return async () => {
    clearInterval(beat);
    await worker.terminate();
  };
}
