import type { Place } from "@towpath/core";
import type { LinedText } from "./lined-text.ts";
import type { OutlineSection } from "./outline.ts";
import type { Body } from "./requirement-body.ts";
import type { LeadingId } from "./requirement-id.ts";
import type { Source } from "./source.ts";

/** A requirement as one of the forms reads it, before ids are made and shared criteria are assigned. */
export interface RequirementDraft {
  readonly lead: LeadingId | undefined;
  readonly title: string;
  /** The title with its lines. */
  readonly headline: LinedText;
  readonly nonFunctional: boolean;
  readonly body: Body;
  readonly at: Place;
  /** The last line of the file that belongs to it. */
  readonly until: number;
}

/** A way in which people write requirements. Each form reads the whole outline and leaves alone what is not its own. */
export type RequirementForm = (source: Source, top: OutlineSection) => readonly RequirementDraft[];
