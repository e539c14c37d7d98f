/** Where an element of a specification stands. Line and columns are 1-based, columns count code points. */
export interface Place {
  /** POSIX path relative to the repository root. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** First column after the element, on the same line. */
  readonly endColumn: number;
}

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
  readonly criteria: readonly Criterion[];
  readonly at: Place;
}

/** A fenced `python` block below a heading that describes the API. */
export interface ApiBlock {
  readonly text: string;
  /** The first line of the code, below the fence. */
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
  /** Front matter and the fields above the first section. */
  readonly meta: readonly Field[];
  readonly sections: readonly Section[];
  readonly requirements: readonly Requirement[];
  /** Criteria that name no requirement: they hold for the whole component. */
  readonly criteria: readonly Criterion[];
  readonly apiBlocks: readonly ApiBlock[];
  readonly prose: readonly Prose[];
}
