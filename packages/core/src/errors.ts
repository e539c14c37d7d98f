import { catalogue, type CatalogueEntry } from "./catalogue.ts";

/** A stable error code. */
export type Code = keyof typeof catalogue;

/** What a particular error adds to its entry of the catalogue. */
export interface ErrorDetails {
  /** What happened, in one line, with names and figures. @default the catalogue's title */
  readonly message?: string;
  /** @default the catalogue's why */
  readonly why?: string;
  /** @default the catalogue's fix */
  readonly fix?: readonly string[];
  /** Places, as `file:line:column` or a path of the configuration. */
  readonly where?: readonly string[];
  readonly cause?: unknown;
}

/** An error as data, the form in which it is printed and stored. */
export interface ErrorData {
  readonly code: string;
  readonly message: string;
  readonly why: string;
  readonly fix: readonly string[];
  readonly where: readonly string[];
}

/**
 * Bad usage, configuration or plugins: nothing ran, or the run cannot go on. Findings and breakage of tools are not
 * errors of this kind.
 * @example throw new TowpathError("TP1002", { message: "no component `fo`; did you mean `foo`?" });
 */
export class TowpathError extends Error {
  override readonly name = "TowpathError";
  /** Brand: holds across several copies of this package. */
  readonly isTowpathError = true;
  readonly data: ErrorData;

  constructor(code: Code, details: ErrorDetails = {}) {
    const entry: CatalogueEntry = catalogue[code];
    const message = details.message ?? entry.title;
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.data = {
      code,
      message,
      why: details.why ?? entry.why,
      fix: details.fix ?? entry.fix,
      where: details.where ?? [],
    };
  }
}

/** Whether a value is a `TowpathError`, of this or another copy of core. */
export function isTowpathError(value: unknown): value is TowpathError {
  return value instanceof Error && "isTowpathError" in value && value.isTowpathError === true;
}
