import type { Code, Level, Place, SpecDoc, Target } from "@towpath/core";

/** Something that a rule has to say about a specification. */
export interface Diagnostic {
  /** Code of the catalogue; it is the rule's name too. */
  readonly code: Code;
  readonly level: Level;
  readonly message: string;
  readonly at: Place;
  /** How to mend it, in words. */
  readonly fix: string;
}

/** What a specification is checked for, besides the target. What is not known is not held against it. */
export interface Situation {
  /** Name of the component that is led to the target. */
  readonly component?: string;
  /** Whether a file of the repository exists. @param path POSIX, relative to the root */
  exists?(path: string): boolean;
}

/** A check of a specification for a target. Pure and linear in the size of the document. */
export type Rule = (doc: SpecDoc, target: Target, situation: Situation) => readonly Diagnostic[];
