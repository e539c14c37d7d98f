/** A definition in code. */
export interface FoundSymbol {
  readonly kind: "module" | "class" | "function" | "method" | "constant";
  /** 1-based. */
  readonly line: number;
  /** With the names of what it stands in: `Shelf.put`. Empty for a module, whose name depends on its file. */
  readonly name: string;
  /** As written, on one line: `def put(self, book: Book) -> None`. Empty for a module. */
  readonly signature: string;
  /** The first paragraph of its docstring, cut; as it stands there, with its line breaks. */
  readonly doc: string;
}

/** A heading of a document. */
export interface FoundSection {
  readonly kind: "section";
  readonly line: number;
  readonly name: string;
  /** The first lines below it, cut. */
  readonly doc: string;
}

/** A place that names a requirement. */
export interface FoundMention {
  readonly kind: "mention";
  readonly line: number;
  /** Normalised id. */
  readonly id: string;
  /** The definition or heading that it stands in; empty when it stands in none. */
  readonly name: string;
  /** The line, cut. */
  readonly doc: string;
}

/** What a scan finds in a file. */
export type Found = FoundSymbol | FoundSection | FoundMention;
