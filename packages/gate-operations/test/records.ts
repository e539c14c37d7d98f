import {
  memoryJournal,
  systemClock,
  type AttestationFact,
  type Clock,
  type DrillFact,
  type DrillScenario,
  type Fact,
  type Journal,
} from "@towpath/core";

/** The time at which the gates of these tests look. */
export const now: number = Date.parse("2026-11-20T12:00:00Z");

/** A clock that stands still at that time. */
export const clock: Clock = { ...systemClock, now: () => now };

/** The time some days before (or, with a negative number, after) that one. */
export function daysAgo(days: number): string {
  return new Date(now - days * 24 * 60 * 60 * 1000).toISOString();
}

/** Digest of the release that staging runs. */
export const digest: string = "a".repeat(64);

/** A journal with these facts about the component `foo`. */
export function journalWith(...facts: readonly Fact[]): Journal {
  const journal = memoryJournal();
  journal.commit({ facts: facts.map((fact) => ({ component: "foo", fact })) });
  return journal;
}

/** Staging runs a release. */
export function deployed(release: string = digest): Fact {
  const at = daysAgo(8);
  return {
    kind: "deployment",
    environment: "staging",
    digest: release,
    state: "verified",
    current: release,
    at,
  };
}

/** A scenario that passed in time. */
export const good: DrillScenario = {
  name: "health-500",
  passed: true,
  detail: "not healthy: status 500; the release before runs again",
  tookMs: 900,
  limitMs: 60_000,
};

/** A rollback drill of yesterday on the release that staging runs. */
export function drilled(changes: Partial<DrillFact> = {}): DrillFact {
  const at = daysAgo(1);
  return {
    kind: "drill",
    drill: "rollback",
    environment: "staging",
    digest,
    scenarios: [good],
    at,
    ...changes,
  };
}

/** An attestation of yesterday. */
export function attested(tree: string, changes: Partial<AttestationFact> = {}): AttestationFact {
  return {
    kind: "attestation",
    criterion: "security-review",
    tree,
    by: "Ada",
    expires: daysAgo(-30),
    at: daysAgo(1),
    ...changes,
  };
}
