import type { Code, Place, SpecDoc } from "@towpath/core";

/**
 * `own`: a document of the component that is checked. `component`: of another one. `project`: a template or policy that
 * holds for every component. `settings`: a file that tools read.
 */
export type Role = "own" | "component" | "project" | "settings";

/** A document that has a say, and for whom. */
export interface Party {
  readonly role: Role;
  /** Name of the component that it is about; empty for the whole project. */
  readonly owner: string;
  readonly doc: SpecDoc;
}

/** Two or more statements that do not go together. */
export interface Conflict {
  /** Code of the catalogue; it is the rule's name too. */
  readonly code: Code;
  /** A contradiction cannot be met. Two sources of one truth can, and drift apart. */
  readonly kind: "contradiction" | "two-sources";
  /** What it is about, without places. */
  readonly message: string;
  /** All statements, at least two, each with what it says. */
  readonly statements: readonly Statement[];
  readonly fix: string;
}

/** One side of a conflict. */
export interface Statement {
  /** In a few words: `70 %`. Untrusted. */
  readonly says: string;
  readonly at: Place;
}

/**
 * Finds conflicts of one kind. Pure, linear in the size of the documents, and blind to their order: what is compared is
 * looked up by its normalised subject.
 */
export type ConflictRule = (parties: readonly Party[]) => readonly Conflict[];

/** Orders places by file, line and column. */
export function byPlace(a: { readonly at: Place }, b: { readonly at: Place }): number {
  if (a.at.file !== b.at.file) return a.at.file < b.at.file ? -1 : 1;
  return a.at.line - b.at.line || a.at.column - b.at.column;
}
