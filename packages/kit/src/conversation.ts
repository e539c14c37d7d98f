import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Conversation } from "@towpath/core";

/**
 * Hands both ends of a process to who speaks with it. When that settles, the process gets no more input, and what it
 * still writes is no longer kept for a reader.
 * @param child a process with pipes for standard input and output
 * @throws what `talk` throws
 */
export async function converse(
  child: ChildProcess,
  talk: (conversation: Conversation) => Promise<void>,
): Promise<void> {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new TypeError("the process was started without pipes");
  try {
    await talk({ output: readFrom(child, stdout), input: writeTo(stdin) });
  } finally {
    stdin.end();
    stdout.resume();
  }
}

/**
 * What a process writes. While nobody reads, it waits: a flood stays in the process. What it left behind at its end is
 * taken at once, however slow the reader is: the pipe does not stay open for long.
 */
function readFrom(child: ChildProcess, stdout: Readable): ReadableStream<Uint8Array> {
  let open = true;
  let ended = false;
  child.once("exit", () => {
    ended = true;
    stdout.resume();
  });
  return new ReadableStream({
    start(controller) {
      stdout.on("data", (chunk: Buffer) => {
        if (!open) return;
        controller.enqueue(chunk);
        if (!ended && (controller.desiredSize ?? 0) <= 0) stdout.pause();
      });
      // Ended, or destroyed because a grandchild holds it open.
      stdout.once("close", () => {
        if (open) controller.close();
        open = false;
      });
    },
    pull() {
      stdout.resume();
    },
    cancel() {
      open = false;
      stdout.resume();
    },
  });
}

/** What a process reads. A write is done when the process's pipe has taken it. */
function writeTo(stdin: Writable): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stdin.write(chunk, (error) => (error ? reject(error) : resolve()));
      }),
    close() {
      stdin.end();
    },
  });
}
