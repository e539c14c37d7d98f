import { createEngine, type Engine } from "./engine.ts";
import { TowpathError } from "./errors.ts";
import type { Clock } from "./host.ts";
import type { Journal } from "./journal.ts";
import { memoryJournal } from "./memory-journal.ts";

/** An engine whose runs live as long as their process: for checks that store nothing, and for tests. */
export function memoryEngine(clock: Clock, journal: Journal = memoryJournal()): Engine {
  const held = new Map<string, string>();
  return createEngine({
    journal,
    clock,
    lock(component, run) {
      const owner = held.get(component);
      if (owner !== undefined)
        throw new TowpathError("TP6101", { message: `the run ${owner} owns the component ${component}` });
      held.set(component, run);
      return { release: () => void held.delete(component) };
    },
  });
}
