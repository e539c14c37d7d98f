import type { Clock, Engine, EngineParts, Journal } from "@towpath/core";

/** Called around every write of the journal with a running number from 1. */
export interface WriteFaults {
  before(n: number): void;
  after(n: number): void;
}

/** How the suite opens an engine; what is left out is the engine's own. */
export interface OpenEngine {
  /** Absolute folder that holds whatever the engine keeps. */
  readonly folder: string;
  readonly clock: Clock;
  readonly faults?: WriteFaults;
  /** Stands before the engine's journal, to plant a bug. */
  readonly journal?: (own: Journal) => Journal;
  /** Stands in place of the engine's lock, to plant a bug. */
  readonly lock?: EngineParts["lock"];
}

/** What the module of an engine under test exports; child processes import it by its address. */
export interface EngineModule {
  openEngine(options: OpenEngine): Engine;
}
