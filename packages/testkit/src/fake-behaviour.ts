/** What a fake tool does, in this order: files, grandchild, streams, flood, and then its end. */
export interface FakeBehaviour {
  /** Printed, with exit code 0 and nothing else done, when `--version` is among the arguments. */
  readonly version?: string;
  /** Text, or bytes that need not be UTF-8. */
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
  /** Exit code. @default 0 */
  readonly exit?: number;
  /** Ends itself by this signal instead, e.g. `SIGSEGV`. */
  readonly signal?: NodeJS.Signals;
  /** Does not end for five minutes, and ignores SIGTERM. */
  readonly hang?: boolean;
  /** Writes this many bytes to standard output. */
  readonly flood?: number;
  /** Files it writes. */
  readonly files?: readonly FakeFile[];
  /** Starts a child of its own that does not end for five minutes, ignores SIGTERM and holds the output open. */
  readonly grandchild?: boolean;
  /** Appends its process id, and the grandchild's, to this file (absolute path), one to a line, once it runs. */
  readonly pids?: string;
  /** Prints its environment to standard error. */
  readonly tellEnv?: boolean;
  /**
   * JavaScript that runs in place of everything but `version`; it sees `args` (without the program), `env` and
   * CommonJS's `require`.
   */
  readonly script?: string;
}

/** A file that a fake tool writes, at the path which an argument or a variable gives. */
export type FakeFile = (
  | {
      /** The option whose value is the path, given as `--out path` or `--out=path`. */
      readonly arg: string;
    }
  | {
      /** The environment variable whose value is the path. */
      readonly env: string;
    }
) & { readonly text: string | Uint8Array };
