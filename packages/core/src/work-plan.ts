import { digestOf } from "./canonical.ts";
import type { Component } from "./gate.ts";
import type { Hit, Retrieval } from "./retriever.ts";
import type { Place, ProofKind, Requirement, SpecDoc } from "./spec-doc.ts";

/** One requirement as work to do. */
export interface Task {
  /** Of the requirement. */
  readonly id: string;
  readonly title: string;
  /** What the specification says about it; untrusted text. */
  readonly text: string;
  /** By what anybody can tell that it is met; untrusted text. */
  readonly criteria: readonly string[];
  readonly at: Place;
  /** Digest of its words, wherever they stand: what speaks of other words is out of date. */
  readonly digest: string;
  /** By what it is proven. */
  readonly proof: ProofKind;
  /** Files that it is likely about: POSIX paths relative to the repository root. Empty while there is no code. */
  readonly files: readonly string[];
  /** Files of tests that name it. */
  readonly tests: readonly string[];
}

/** What there is to do for a component, made from its specification before anything is written. */
export interface WorkPlan {
  readonly schemaVersion: 1;
  readonly component: string;
  /** Path of the specification, relative to the repository root. */
  readonly spec: string;
  readonly tasks: readonly Task[];
  /** The API blocks, as written; untrusted text. */
  readonly api: readonly string[];
  /** What each retriever was asked and found; one that could not be asked says why. */
  readonly retrievals: readonly Retrieval[];
}

/** Digest of a requirement's words, wherever they stand in the document. */
export function requirementDigest({ title, text, criteria }: Requirement): string {
  return digestOf({ title, text, criteria: criteria.map((criterion) => criterion.text) });
}

/**
 * Makes the plan: one task for each requirement, in the order of the specification. Pure.
 * @example planWork(component, doc, []).tasks[0]?.proof // "test"
 */
export function planWork(component: Component, doc: SpecDoc, retrievals: readonly Retrieval[]): WorkPlan {
  const hits = retrievals.flatMap((retrieval) => retrieval.hits).filter(({ kind }) => kind !== "document");
  const isTest = ({ path }: Hit): boolean =>
    component.tests.some((folder) => path === folder || path.startsWith(`${folder}/`));
  return {
    schemaVersion: 1,
    component: component.name,
    spec: doc.file,
    tasks: doc.requirements.map((requirement) => {
      const own = hits.filter(({ requirements }) => requirements.includes(requirement.id));
      return {
        id: requirement.id,
        title: requirement.title,
        text: requirement.text,
        criteria: requirement.criteria.map(({ text }) => text),
        at: requirement.at,
        digest: requirementDigest(requirement),
        proof: requirement.proof ?? "test",
        files: paths(own.filter((hit) => !isTest(hit) && hit.path !== doc.file)),
        tests: paths(own.filter(isTest)),
      };
    }),
    api: doc.apiBlocks.map(({ text }) => text),
    retrievals,
  };
}

function paths(hits: readonly Hit[]): readonly string[] {
  return [...new Set(hits.map(({ path }) => path))];
}

/** The plan in the words of a session: short, one line for each task. */
export function workPlanSummary({ spec, tasks, retrievals }: WorkPlan): string {
  const unasked = retrievals.filter(({ consulted }) => !consulted);
  return [
    `Plan from ${spec}: ${tasks.length} requirements.`,
    ...tasks.map(({ id, title, proof, files, at }) => {
      const about = files.length === 0 ? "no code yet" : files.slice(0, 3).join(", ");
      return `- ${id} ${title} (line ${at.line}; proof: ${proof}; ${about})`;
    }),
    ...unasked.map(({ retriever, reason }) => `- ${retriever} was not consulted: ${reason ?? "no reason"}`),
  ].join("\n");
}
