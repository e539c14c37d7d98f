import { basename, dirname } from "node:path/posix";
import type { SpecDoc } from "@towpath/core";

/** Names that say what a file is, and not what it is about. */
const general =
  /^(?:spec|specification|requirements|design|data-?model|index|feature|api|component|maturity|overview)$/;

/** Documents beside a specification that plan, report or explain. What they say of figures is no demand. */
const companion =
  /(?:^|\/)(?:tasks?|(?:impl(?:ementation)?-)?plan|research|quickstart|readme|change-?log|agents|claude|implementation-guide|diagnostics|progress[\w-]*|proposal)\.md$|(?:^|\/)(?:checklists?|[._]?archived?|contracts)\//i;

/** Whether a Markdown file demands something of a component, as far as its path tells. */
export function isDemanding(file: string): boolean {
  return !companion.test(file);
}

/** Whether a file is a template, which holds for every component. */
export function isTemplate(file: string): boolean {
  return /(?:^|[/._-])templates?(?:[/._-]|$)/i.test(file);
}

/**
 * The component that a document is about: as its head says, else its name, or that of its folder when the name is one
 * such as `spec.md`. In the spelling of component names.
 * @example ownerOf(doc of ".kiro/specs/user-login/requirements.md") // "user_login"
 */
export function ownerOf({ file, meta }: SpecDoc): string {
  const named = meta.find(
    ({ label, value }) => /^component(?: id)?$/.test(label) && /^[\w `-]{1,64}$/.test(value),
  );
  if (named !== undefined) return plainName(named.value);
  const stem = basename(file)
    .toLowerCase()
    .replace(/\.md(?:\.template)?$/, "")
    .replace(/(?<=.)[._-](?:spec|feature|component|api|requirements)$/, "");
  return plainName(general.test(stem) ? basename(dirname(file)) : stem);
}

/** A name in the spelling of components: `Agent Orchestration` is `agent_orchestration`. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("`", "")
    .trim()
    .replace(/^\d{1,4}[-_ ]/, "")
    .replaceAll(/[\s-]+/g, "_");
}
