/** How a call of the command line ended. */
export interface Answer {
  /** Exit code; 143 or 130 when it was stopped. */
  readonly exit: number;
  /** The JSON document that it printed, if it did: of kind `error` when it could not do what was asked. */
  readonly document: unknown;
  /** What it said beside that; for messages. */
  readonly stderr: string;
}

/** How a call is made. */
export interface CallOptions {
  /** Stops the call: the process ends, and everything that it started. */
  readonly signal: AbortSignal;
  /** Gets each event as it happens. */
  readonly onEvent?: (event: unknown) => void;
}

/**
 * The command line of Towpath, as the server uses it: the server does nothing by itself, so there is one way to do a
 * thing, and code of plugins runs in a process of its own.
 */
export interface Backend {
  /**
   * Calls a command and reads its JSON document.
   * @param args command and arguments, without flags for the form of the output
   * @throws when the program cannot be started; anything that it says itself is an answer
   */
  call(args: readonly string[], options: CallOptions): Promise<Answer>;
}
