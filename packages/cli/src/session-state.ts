import { requirementDigest, isBreakage, type CurrentState, type Journal } from "@towpath/core";
import { digestOfFile } from "./commands/context-state.ts";

/** What the sessions of a component speak of, as it is now. What cannot be read is not compared. */
export async function sessionState(journal: Journal, component: string, root: string): Promise<CurrentState> {
  const messages = journal.messages(component);
  const named = new Set(messages.flatMap(({ refs }) => Object.keys(refs?.paths ?? {})));
  const digests = await Promise.all(
    [...named].map(async (path) => [path, await digestOfFile(root, path)] as const),
  );
  const paths = Object.fromEntries(
    digests.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  if (!messages.some(({ refs }) => refs?.spec !== undefined)) return { paths };
  const spec = await requirementsOf(journal, component, root);
  return spec === undefined ? { paths } : { paths, spec };
}

async function requirementsOf(
  journal: Journal,
  component: string,
  root: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const planned = journal
    .runs({ component, limit: 50 })
    .flatMap(({ plan }) => plan.components)
    .find(({ name, spec }) => name === component && spec !== undefined);
  if (planned?.spec === undefined) return undefined;
  const { readSpec } = await import("@towpath/gate-spec");
  try {
    const { requirements } = await readSpec(root, planned.spec);
    return Object.fromEntries(requirements.map((one) => [one.id, requirementDigest(one)]));
  } catch (error) {
    // A specification that cannot be read now says nothing about what is out of date.
    if (isBreakage(error)) return undefined;
    throw error;
  }
}
