import type { Code } from "./errors.ts";

/** Why a gate could not decide. */
export type ErrorKind =
  | "tool-missing"
  | "tool-version"
  | "tool-config"
  | "tool-crash"
  | "parse"
  | "mismatch"
  | "no-input"
  | "environment"
  | "network"
  | "timeout"
  | "cancelled"
  | "untrusted"
  | "breaker-open"
  | "plugin";

/** What is known of each kind of breakage: its code in the catalogue, and how many retries it may have at most. */
export const breakageKinds: Readonly<
  Record<ErrorKind, { readonly code: Code; readonly retries: "policy" | "once" | "never" }>
> = {
  "tool-missing": { code: "TP4001", retries: "never" },
  "tool-version": { code: "TP4002", retries: "never" },
  network: { code: "TP4003", retries: "policy" },
  "tool-config": { code: "TP4004", retries: "never" },
  "tool-crash": { code: "TP4005", retries: "policy" },
  parse: { code: "TP4006", retries: "never" },
  mismatch: { code: "TP4007", retries: "never" },
  "no-input": { code: "TP4008", retries: "never" },
  environment: { code: "TP4009", retries: "never" },
  timeout: { code: "TP4010", retries: "once" },
  cancelled: { code: "TP4011", retries: "never" },
  untrusted: { code: "TP4012", retries: "never" },
  "breaker-open": { code: "TP4014", retries: "never" },
  plugin: { code: "TP4013", retries: "never" },
};

/** The words of a breakage. */
export interface BreakageDetails {
  /** What happened, in one line, with figures. */
  readonly message: string;
  /** The rule that makes it breakage, or the tool's own words. */
  readonly why?: string;
  /** What to do: commands to paste, or file and line. */
  readonly fix?: readonly string[];
  /** Places, as `file:line:column`. */
  readonly where?: readonly string[];
  readonly cause?: unknown;
}

/**
 * Thrown by a gate that could not decide: the verdict becomes `errored`. A problem in the component is a
 * `Finding`, never a breakage.
 * @example throw new Breakage("tool-missing", { message: "ruff was not found", fix: ["pip install ruff"] });
 */
export class Breakage extends Error {
  override readonly name = "Breakage";
  /** Brand: holds across several copies of this package. */
  readonly isTowpathBreakage = true;
  readonly kind: ErrorKind;
  readonly details: BreakageDetails;

  constructor(kind: ErrorKind, details: BreakageDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.details = details;
  }
}

/** Whether a value is a `Breakage`, of this or another copy of core. */
export function isBreakage(value: unknown): value is Breakage {
  return value instanceof Error && "isTowpathBreakage" in value && value.isTowpathBreakage === true;
}
