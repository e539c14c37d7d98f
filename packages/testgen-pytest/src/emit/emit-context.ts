import type { SpecDoc } from "@towpath/core";
import type { ModuleName } from "../module-names.ts";
import type { PythonReading } from "../python/api.ts";
import type { EmittedFile } from "./test-file.ts";

/** What tests are made from, and where they go. */
export interface EmitContext {
  readonly spec: SpecDoc;
  readonly reading: PythonReading;
  readonly modules: readonly (readonly ModuleName[])[];
  /** Folder of the generated files, relative to the repository root. */
  readonly folder: string;
  /** How many folders below the root it lies. */
  readonly depth: number;
  /** The component's name as part of a file's name. */
  readonly word: string;
}

/** A part of the specification from which no test of a tier could be made. */
export interface Uncovered {
  readonly requirement: string;
  readonly reason: string;
}

/** What an emitter made of the specification. */
export interface Emitted {
  readonly files: readonly EmittedFile[];
  readonly uncovered: readonly Uncovered[];
}
