import type { Retrieval } from "./retriever.ts";
import type { Place, ProofKind, SpecDoc } from "./spec-doc.ts";

/** One requirement as work to do. */
export interface Task {
  /** Of the requirement. */
  readonly id: string;
  readonly title: string;
  /** What the specification says about it, criteria included; untrusted text. */
  readonly text: string;
  readonly at: Place;
  /** By what it is proven. */
  readonly proof: ProofKind;
  /** Files that it is likely about: POSIX paths relative to the repository root. Empty while there is no code. */
  readonly files: readonly string[];
  /** Tests that name it, as node ids or files. */
  readonly tests: readonly string[];
}

/** What there is to do for a component, made from its specification before anything is written. */
export interface WorkPlan {
  readonly schemaVersion: 1;
  readonly component: string;
  readonly spec: string;
  /** Digest of the specification that it was made from. */
  readonly specDigest: string;
  readonly tasks: readonly Task[];
  /** What each retriever was asked and found; one that could not be asked says why. */
  readonly retrievals: readonly Retrieval[];
}

/** What a plan is made of. */
export interface WorkPlanParts {
  readonly component: string;
  readonly doc: SpecDoc;
  readonly specDigest: string;
  readonly retrievals: readonly Retrieval[];
}
