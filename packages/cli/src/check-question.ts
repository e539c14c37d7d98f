import { dirname } from "node:path";
import { digestOf, version, type Target } from "@towpath/core";

/** What a check is asked, and what its plan is made of. */
export interface CheckQuestion {
  /** Absolute real path of the repository root. */
  readonly root: string;
  /** Absolute path of the configuration. */
  readonly path: string;
  /** sha256 of its text. */
  readonly digest: string;
  /** Gates, plugins and categories, as they were named. */
  readonly selectors: readonly string[];
  /** Components, as they were named. */
  readonly components: readonly string[];
  readonly target: Target;
}

/**
 * Digest of everything that the plan of a check depends on where all plugins come with the program and all components are
 * declared; `undefined` where it could depend on more.
 */
export function checkQuestion(question: CheckQuestion): string | undefined {
  // Behind a link, plugins are looked for above the root.
  if (dirname(question.path) !== question.root) return undefined;
  return digestOf({ ...question, towpath: version, node: process.versions.node });
}
