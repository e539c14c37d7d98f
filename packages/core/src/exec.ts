/** A process to run: an argv array, never a shell. */
export interface ExecRequest {
  /** Absolute path of the program, or a bare name that is looked up on PATH. */
  readonly command: string;
  readonly args: readonly string[];
  /** Working directory; must lie inside the repository or the run folder. @default the repository root */
  readonly cwd?: string;
  /** Variables added to the allow-listed environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text or bytes for standard input, which is closed at once otherwise. */
  readonly stdin?: string | Uint8Array;
  /**
   * Speaks with the process while it runs, in place of `stdin`. When it settles, the process and its whole group are
   * stopped; what it throws, `Exec` throws then. It must settle when `output` ends.
   */
  readonly converse?: (conversation: Conversation) => Promise<void>;
  /** Limit of the process's life in milliseconds. @default no limit of its own: the gate's limit aborts it */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** How many bytes of each stream are kept: half from its head, half from its tail. @default 8 MiB */
  readonly maxOutputBytes?: number;
}

/** Both ends of a process that is spoken with. */
export interface Conversation {
  /** Standard output as it comes: neither decoded nor redacted nor cut. It ends when the process does. */
  readonly output: ReadableStream<Uint8Array>;
  /** Standard input. A write fails when the process no longer reads. */
  readonly input: WritableStream<Uint8Array>;
}

/** How a process ended. */
export type ExecStatus = "exited" | "signalled" | "timed-out" | "aborted" | "not-started";

/** What came of a process. Starting, running and dying are all data: `Exec` rejects with what `converse` throws alone. */
export interface ExecResult {
  readonly status: ExecStatus;
  /** Exit code, when `status` is `exited`. */
  readonly code: number | undefined;
  /** Signal name, when a signal ended it. */
  readonly signal: string | undefined;
  /** Decoded as UTF-8 with replacement characters and redacted. */
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes that were read but not kept, of both streams. */
  readonly droppedBytes: number;
  readonly durationMs: number;
  /** Why it did not start, when `status` is `not-started`: an errno name such as `ENOENT`, and words. */
  readonly startError?: { readonly code: string; readonly message: string };
}

/** Runs a process. The host injects it (`createExec` of `@towpath/kit`); core starts none. */
export type Exec = (request: ExecRequest) => Promise<ExecResult>;
