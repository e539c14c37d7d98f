import type { ExampleTable, ScenarioStep } from "@towpath/core";
import type { Place } from "@towpath/core";

/** A scenario as it is read, before it is known which requirements there are. */
export interface ScenarioDraft {
  readonly name: string;
  readonly tags: readonly string[];
  readonly steps: readonly ScenarioStep[];
  readonly examples: readonly ExampleTable[];
  /** Ids that its name, its tags or a heading above it mentions. */
  readonly mentions: readonly string[];
  readonly at: Place;
}
