import { defineGate, type AttestationFact, type Evidence, type Gate, type GateContext } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { embeddedTool } from "./embedded-tool.ts";

/** How many attestations that do not count are told of, the newest first. */
const told = 3;

/**
 * The gate of a criterion that no tool can measure: a person vouches for exactly this code, and until when.
 * @param criterion name of the criterion and of the gate
 * @param source where the option `attest` was set
 */
export function attestationGate(criterion: string, source: string): Gate {
  const valid = {
    name: "valid attestations",
    unit: "attestations",
    operator: ">=",
    threshold: 1,
    source,
  } as const;
  return defineGate({
    name: criterion,
    category: criterion === "security-review" ? "security" : "operations",
    stages: ["production"],
    code: "TP5202",
    executesCode: false,
    thresholds: () => [valid],
    probe: async () => embeddedTool,
    async check(ctx): Promise<Evidence> {
      const { counting, others } = await attestations(ctx, criterion);
      return {
        // What was looked at is the record of this criterion.
        candidates: 1,
        checked: 1,
        findings: [],
        measurements: [{ ...valid, value: counting.length }],
        tool: embeddedTool,
        notes: counting.length > 0 ? counting : others.slice(-told).toReversed(),
        ...(counting.length > 0 ? {} : { waiting: waitingFor(ctx, criterion) }),
      };
    },
  });
}

function waitingFor({ component }: GateContext, criterion: string): NonNullable<Evidence["waiting"]> {
  return {
    for: `an attestation of ${criterion} for this code`,
    next: [`towpath attest ${criterion} --component ${component.name} --expires <date>`],
  };
}

/** The attestations of a criterion in words, oldest first: those that count, and why the others do not. */
async function attestations(
  ctx: GateContext,
  criterion: string,
): Promise<{ readonly counting: readonly string[]; readonly others: readonly string[] }> {
  const [facts, tree] = await Promise.all([ctx.records.facts(), ctx.tree()]);
  const counting: string[] = [];
  const others: string[] = [];
  for (const fact of facts) {
    if (fact.kind !== "attestation" || fact.criterion !== criterion) continue;
    const by = excerpt(fact.by, 100);
    const why = whyNot(fact, tree, ctx.now());
    if (why !== undefined) {
      others.push(`the attestation by ${by} of ${day(fact.at)} does not count: ${why}`);
      continue;
    }
    const note = fact.note === undefined ? "" : `: ${excerpt(fact.note, 200)}`;
    counting.push(`${by} vouched for it on ${day(fact.at)}, until ${excerpt(fact.expires, 40)}${note}`);
  }
  return { counting, others };
}

/** Why an attestation does not count, or `undefined` when it does. */
function whyNot({ tree, expires }: AttestationFact, current: string, now: number): string | undefined {
  if (tree !== current) {
    return `it is about other code (tree ${excerpt(tree.slice(0, 12))}, this is ${current.slice(0, 12)})`;
  }
  const end = Date.parse(expires);
  if (Number.isNaN(end)) return `${excerpt(expires, 40)}, when it expires, is no time`;
  return end <= now ? `it expired on ${excerpt(expires, 40)}` : undefined;
}

function day(at: string): string {
  return excerpt(at.slice(0, 10));
}
