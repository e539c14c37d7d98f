import type { ToolInfo } from "@towpath/core";

/** A string that an engine takes for a secret. The value itself is never kept. */
export interface Secret {
  /** POSIX path relative to the repository root. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The engine's kind of secret; detect-secrets' words, or secretlint's rule. */
  readonly type: string;
  readonly url?: string;
  /** sha1 of the value in hex: what baselines compare by. It can be guessed for weak values, so it is never stored. */
  readonly hash: string;
}

/** What an engine saw. */
export interface SecretScan {
  readonly secrets: readonly Secret[];
  /** Files that were looked at. */
  readonly checked: number;
  readonly tool: ToolInfo;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}
