import type { ExecRequest, ExecResult } from "@towpath/core";

/** A process that a gate ran, and what it left. */
export interface RecordedCall {
  /** Program, arguments and working directory, free of what differs between two runs. */
  readonly key: string;
  /** Whether it only asked for a version: such a call carries no report. */
  readonly probe: boolean;
  readonly result: ExecResult;
  /** Files that it wrote where its request named a path for outputs: contents by the path's number and what follows. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const versionFlags = new Set(["--version", "-V", "-VV", "version"]);

/** Whether a process is asked for nothing but a version. */
export function isProbe({ args }: ExecRequest): boolean {
  const last = args.at(-1);
  return last !== undefined && versionFlags.has(last);
}

/** A part of what a call left: a stream, or the path of a file. */
export type Channel = "stdout" | "stderr" | { readonly file: string };

/** The channels of a call that hold something. */
export function channelsOf(call: RecordedCall): readonly Channel[] {
  const streams = (["stdout", "stderr"] as const).filter((stream) => call.result[stream] !== "");
  return [...streams, ...[...call.files.keys()].map((file) => ({ file }))];
}

/** What a channel holds. */
export function contentOf(call: RecordedCall, channel: Channel): Uint8Array {
  if (typeof channel === "string") return Buffer.from(call.result[channel]);
  return call.files.get(channel.file) ?? new Uint8Array();
}

/** The call with another content of a channel. An empty file is a file that was not written. */
export function withContent(call: RecordedCall, channel: Channel, content: Uint8Array): RecordedCall {
  if (typeof channel === "string") {
    return { ...call, result: { ...call.result, [channel]: Buffer.from(content).toString("utf8") } };
  }
  const files = new Map(call.files);
  if (content.length === 0) files.delete(channel.file);
  else files.set(channel.file, content);
  return { ...call, files };
}

/** The call without any output, ended with a code. */
export function silenced(call: RecordedCall, code: number | undefined): RecordedCall {
  return { ...call, files: new Map(), result: { ...call.result, code, stdout: "", stderr: "" } };
}
