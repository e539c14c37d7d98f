import type { Message } from "./session.ts";

/** What there is now. A part that is absent is not known, so nothing is said about it. */
export interface CurrentState {
  /** Digest by id of every requirement, as `requirementDigest` makes it. */
  readonly spec?: Readonly<Record<string, string>>;
  /** Digest by path of the files that were looked at; sha256 of their bytes. */
  readonly paths?: Readonly<Record<string, string>>;
}

/**
 * The requirements and files that a message speaks of and that are no longer what they were, or are gone; sorted.
 * @example staleRefs(message, { spec: { "FR-1": requirementDigest(requirement) } }) // ["FR-1"]
 */
export function staleRefs({ refs }: Pick<Message, "refs">, current: CurrentState): readonly string[] {
  return [...changed(refs?.spec, current.spec), ...changed(refs?.paths, current.paths)].toSorted();
}

function changed(
  then: Readonly<Record<string, string>> = {},
  now?: Readonly<Record<string, string>>,
): readonly string[] {
  if (now === undefined) return [];
  return Object.keys(then).filter((key) => !Object.hasOwn(now, key) || now[key] !== then[key]);
}
