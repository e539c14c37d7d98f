import type { GateContext } from "./gate.ts";
import type { SpecDoc } from "./spec-doc.ts";

/** What is looked for. */
export interface RetrievalQuery {
  readonly spec: SpecDoc;
  /** Most hits that are wanted. */
  readonly limit: number;
}

/** Something that belongs to the task. Its text comes from files or servers: untrusted. */
export interface Hit {
  readonly kind: "symbol" | "document" | "requirement";
  /** POSIX path relative to the repository root, or the address of a document. */
  readonly path: string;
  /** 1-based, for files. */
  readonly line?: number;
  /** e.g. `Shelf.put` */
  readonly symbol?: string;
  /** Signature and docstring, or an excerpt. */
  readonly text: string;
  /** 0 to 1 within its retriever. */
  readonly score: number;
  /** Ids of the requirements that it was found for. */
  readonly requirements: readonly string[];
}

/** What came of asking a retriever. */
export interface Retrieval {
  readonly retriever: string;
  /** False when it could not be asked, e.g. offline: then nothing is known, which is not "nothing found". */
  readonly consulted: boolean;
  /** Why it was not consulted; else what of the question it could not answer. */
  readonly reason?: string;
  readonly hits: readonly Hit[];
}

/** Finds code and documents that a component's work should know. */
export interface Retriever {
  /** `^[a-z][a-z0-9_-]{0,63}$`, unique in a run. */
  readonly name: string;
  /** Never throws for what it cannot reach: it answers `consulted: false`. */
  retrieve(query: RetrievalQuery, ctx: GateContext): Promise<Retrieval>;
}
