import { memoryJournal, type Journal } from "@towpath/core";

const digest = "a".repeat(64);

/** A journal in which staging runs a release of the component `foo`. @param url where it answers, if anyone knows */
export function deployedAt(url: string | undefined): Journal {
  const journal = memoryJournal();
  const fact = {
    kind: "deployment",
    environment: "staging",
    digest,
    current: digest,
    state: "verified",
    at: new Date(0).toISOString(),
    ...(url === undefined ? {} : { url }),
  } as const;
  journal.commit({ facts: [{ component: "foo", fact }] });
  return journal;
}
