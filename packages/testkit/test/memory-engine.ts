import { memoryEngine, type Engine } from "@towpath/core";
import type { OpenEngine } from "@towpath/testkit";

/** Core's engine without a journal on disk, as the conformance suite opens it. */
export function openEngine({ clock }: OpenEngine): Engine {
  return memoryEngine(clock);
}
