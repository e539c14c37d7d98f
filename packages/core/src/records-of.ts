import { Breakage } from "./breakage.ts";
import { brokenAt } from "./evidence.ts";
import type { Fact } from "./facts.ts";
import type { Journal } from "./journal.ts";
import type { Records } from "./records.ts";

/** What a journal holds about a component, for gates. */
export function recordsOf(journal: Journal, component: string): Records {
  return {
    facts: async () => factsOf(journal, component),
    samples: async (query) => journal.samples(component, query),
  };
}

/**
 * The facts about a component, oldest first.
 * @throws {Breakage} `mismatch` when their chain is not whole
 */
export function factsOf(journal: Journal, component: string): readonly Fact[] {
  const log = journal.facts(component);
  const broken = brokenAt(log);
  if (broken !== undefined)
    throw new Breakage("mismatch", { message: `the facts about ${component} are not whole: ${broken}` });
  // Each body was written by `commit`; that it is unchanged, `brokenAt` says.
  return log.entries.toSorted((a, b) => a.seq - b.seq).map(({ body }) => JSON.parse(body) as Fact);
}
