import { artifact, type ArtifactKey } from "./artifacts.ts";
import type { Target } from "./stages.ts";

/** Where an element of a specification stands. Line and columns are 1-based, columns count code points. */
export interface Place {
  /** POSIX path relative to the repository root. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** First column after the element, on the same line. */
  readonly endColumn: number;
}

/** The ways of writing specifications that are told apart. */
export type SpecForm = "tta" | "spec-kit" | "openspec" | "kiro" | "gherkin" | "markdown";

/** A `**Label:** value` of the text, or a line of the front matter. */
export interface Field {
  /** Lower case, without the colon: `target stage`. */
  readonly label: string;
  readonly value: string;
  readonly at: Place;
}

/** A heading with what is written below it. */
export interface Section {
  readonly title: string;
  /** 1 for `#` to 6 for `######`. */
  readonly depth: number;
  /** Titles of the headings above it, outermost first. */
  readonly path: readonly string[];
  readonly at: Place;
}

/** A statement by which anybody can tell whether a requirement is met. */
export interface Criterion {
  readonly text: string;
  /** The state of its tick box; absent when it has none. */
  readonly done?: boolean;
  readonly at: Place;
}

/** The strongest word of RFC 2119 in a statement. Only capitals count (RFC 8174), except in the EARS form. */
export type Modal = "must" | "must-not" | "should" | "should-not" | "may";

/** The shapes of EARS: ubiquitous, event (When), state (While), unwanted (If … then), optional (Where), or several. */
export type EarsPattern = "ubiquitous" | "event" | "state" | "unwanted" | "optional" | "complex";

/** A statement taken apart by the keywords of EARS. All texts as written, trimmed. */
export interface Ears {
  readonly pattern: EarsPattern;
  /** After `Where`. */
  readonly features: readonly string[];
  /** After `While`. */
  readonly states: readonly string[];
  /** After `When` or `If`. */
  readonly trigger?: string;
  readonly modal: Modal;
  /** What shall do it. */
  readonly subject: string;
  /** What it shall do, without the modal word. */
  readonly response: string;
}

/** By what a requirement can be proven. */
export type ProofKind = "test" | "drill" | "attestation";

/** Something that the component must do or be. */
export interface Requirement {
  /** Normalised: `FR1`, `FR-1` and `FR-001` are all `FR-1`. Made from the title when `synthetic`. */
  readonly id: string;
  /** Whether the specification gives no id. */
  readonly synthetic: boolean;
  readonly kind: "functional" | "non-functional";
  readonly title: string;
  /** What is said about it besides its title and criteria. */
  readonly text: string;
  /** As written, e.g. `High`. */
  readonly priority?: string;
  /** Absent when no word of RFC 2119 stands in its title or text, and no statement has the form of EARS. */
  readonly modal?: Modal;
  /** The statements of its title, text and criteria that have the form of EARS. */
  readonly ears: readonly (Ears & { readonly at: Place })[];
  readonly criteria: readonly Criterion[];
  /** The proof that the specification names, e.g. `**Proof:** drill`. */
  readonly proof?: ProofKind;
  readonly at: Place;
}

/** One step of a scenario. `and` and `but` have become the word they continue. */
export interface ScenarioStep {
  readonly keyword: "given" | "when" | "then";
  readonly text: string;
  /** Rows of a data table, the head first. */
  readonly table?: readonly (readonly string[])[];
  /** Text of a fenced block below the step. */
  readonly docString?: string;
  readonly at: Place;
}

/** The rows with which an outline is run. */
export interface ExampleTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly at: Place;
}

/** A Given-When-Then, from Gherkin, a list, or a sentence. */
export interface Scenario {
  readonly name: string;
  /** Ids of the requirements that it shows. */
  readonly requirements: readonly string[];
  /** Without `@`. */
  readonly tags: readonly string[];
  readonly steps: readonly ScenarioStep[];
  /** Not empty for an outline. */
  readonly examples: readonly ExampleTable[];
  readonly at: Place;
}

/** A fenced `python` block below a heading that describes the API. */
export interface ApiBlock {
  readonly text: string;
  /** The first line of the code, below the fence. */
  readonly at: Place;
}

/**
 * A call whose outcome the specification states: `shelf.count("a")  # 3` in a fenced block, or `>>>` with the line below.
 * What is expected is Python source as written.
 */
export interface SpecExample {
  /** The lines of the block above it that it builds on, as written. */
  readonly setup: readonly string[];
  /** A Python expression. */
  readonly expression: string;
  readonly expected:
    | { readonly kind: "value"; readonly source: string }
    | { readonly kind: "raises"; readonly exception: string; readonly message?: string };
  /** Ids of the requirements that it shows: of the section it stands in, or that name what it calls. */
  readonly requirements: readonly string[];
  readonly at: Place;
}

/** A figure that the specification states: `coverage ≥ 70 % (staging)`. */
export interface Figure {
  /** What is measured, e.g. the component or an endpoint; lower case. Empty: the whole component. */
  readonly subject: string;
  /** e.g. `coverage`, `uptime`, `p95`, `latency`; lower case. */
  readonly metric: string;
  /** e.g. `integration`, `unit`; empty when nothing narrows it. */
  readonly scope: string;
  readonly stage?: Target;
  readonly operator: "<" | "<=" | "=" | ">=" | ">";
  /** In the base of its unit: milliseconds, bytes, per cent, per second. */
  readonly value: number;
  /** `ms`, `B`, `%`, `/s`, or a word; empty for a bare number. */
  readonly unit: string;
  /** As written. */
  readonly text: string;
  readonly at: Place;
}

/** Something that the component needs. */
export interface Dependency {
  readonly name: string;
  /** The maturity that it has. */
  readonly stage?: Target;
  readonly purpose?: string;
  readonly at: Place;
}

/** What must hold before a stage is reached. */
export interface StageTarget {
  readonly stage: Target;
  readonly criteria: readonly Criterion[];
  readonly at: Place;
}

/** An endpoint that the specification describes. */
export interface Endpoint {
  /** Upper case. */
  readonly method: string;
  readonly path: string;
  readonly at: Place;
}

/** One line of running text. */
export interface Prose {
  /** As it stands in the file, with U+FFFC for each character of code, links and HTML comments. */
  readonly text: string;
  readonly at: Place;
}

/** A specification, whatever form it was written in. Everything is in the order of the file. */
export interface SpecDoc {
  readonly file: string;
  readonly form: SpecForm;
  /** Front matter and the fields above the first section. */
  readonly meta: readonly Field[];
  readonly sections: readonly Section[];
  readonly requirements: readonly Requirement[];
  /** Criteria that name no requirement: they hold for the whole component. */
  readonly criteria: readonly Criterion[];
  readonly scenarios: readonly Scenario[];
  readonly apiBlocks: readonly ApiBlock[];
  readonly endpoints: readonly Endpoint[];
  readonly examples: readonly SpecExample[];
  readonly figures: readonly Figure[];
  readonly dependencies: readonly Dependency[];
  readonly stageTargets: readonly StageTarget[];
  readonly prose: readonly Prose[];
}

/** The specification of a component, read. Made by whatever plugin reads specifications; `@towpath/gate-spec` does. */
export const specDocument: ArtifactKey<SpecDoc> = artifact("spec.document");
