import type { ChildProcess } from "node:child_process";
import type { ExecRequest, ExecResult } from "@towpath/core";
import { converse } from "./conversation.ts";
import { cutMark } from "./cut-mark.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { signalGroup, stopGroup } from "./process-group.ts";
import { killSurvivors } from "./survivors.ts";

const defaultOutputBytes = 8 * 1024 * 1024;
/** How long after its end a process's pipes are read, though a grandchild holds them open. */
const afterExitMs = 250;

/** What is needed to follow a process. */
export interface Attendance {
  readonly request: ExecRequest;
  readonly killGraceMs: number;
  readonly redact: (text: string) => string;
  /** Value of `TOWPATH_CALL_ID` in the environment of the process and all that it starts. */
  readonly callId: string;
  /** When the call began, by `performance.now()`. */
  readonly startedAt: number;
}

/**
 * Follows a started process to its end: feeds its input, drains its output, stops it when it must be stopped. When
 * this settles, nothing of its process group is left; of a stopped process, nothing at all.
 */
export async function attend(child: ChildProcess, pid: number, attendance: Attendance): Promise<ExecResult> {
  const { request, killGraceMs, redact, callId, startedAt } = attendance;
  const maxBytes = request.maxOutputBytes ?? defaultOutputBytes;
  const stdout = new OutputBuffer(maxBytes);
  const stderr = new OutputBuffer(maxBytes);
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A process need not read its input: that the pipe is gone is no error.
  child.stdin?.on("error", () => {});
  if (request.converse === undefined) child.stdin?.end(request.stdin);

  const stopper = stopGroup(pid, { signal: request.signal, timeoutMs: request.timeoutMs, killGraceMs });
  child.once("exit", () => stopper.release());
  const talk = request.converse && converse(child, request.converse).finally(() => stopper.stop());
  // It is looked at when the process has ended; until then a failure of it is not unheard.
  talk?.catch(() => {});
  const { code, signal, drained } = await ended(child);
  signalGroup(pid, "SIGKILL");
  for (const stream of child.stdio) stream?.destroy();
  const reason = stopper.reason();
  if (reason !== undefined || talk !== undefined) await killSurvivors("TOWPATH_CALL_ID", callId);
  await talk;

  const status = reason ?? (signal === null ? "exited" : "signalled");
  const whole = drained && status === "exited";
  const text = (buffer: OutputBuffer): string =>
    whole ? redact(buffer.text()) : redactBroken(redact, buffer.text());
  return {
    status,
    code: status === "exited" ? (code ?? undefined) : undefined,
    signal: signal ?? undefined,
    stdout: text(stdout),
    stderr: text(stderr),
    droppedBytes: stdout.droppedBytes + stderr.droppedBytes,
    durationMs: performance.now() - startedAt,
  };
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether the pipes were read to their end. */
  readonly drained: boolean;
}

/**
 * Waits until a process has ended and its output is read. What it wrote itself is read before its end is seen; only a
 * grandchild can still hold the pipes.
 */
function ended(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      const timer = setTimeout(() => resolve({ code, signal, drained: false }), afterExitMs);
      child.once("close", () => {
        clearTimeout(timer);
        resolve({ code, signal, drained: true });
      });
    });
  });
}

/** Redacts a text that may end amid a secret, as its writer was stopped. */
function redactBroken(redact: (text: string) => string, text: string): string {
  const mark = cutMark(0);
  const redacted = redact(text + mark);
  return redacted.endsWith(mark) ? redacted.slice(0, -mark.length) : redacted;
}
