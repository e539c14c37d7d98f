import type { Gate } from "./gate.ts";

/** A gate with what the kernel knows of its origin. */
export interface RegisteredGate {
  readonly gate: Gate;
  /** Name of the plugin that registered it. */
  readonly plugin: string;
  /** Digest of the plugin's name, version and options. */
  readonly policy: string;
}
