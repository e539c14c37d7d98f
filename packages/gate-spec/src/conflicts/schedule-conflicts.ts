import { targets, type Field, type Target } from "@towpath/core";
import { stageOf } from "../figures/stage-words.ts";
import { byPlace, type Conflict, type Party, type Statement } from "./conflict.ts";

interface Said extends Statement {
  readonly stage: Target;
}

/**
 * TP1129: the target of the component's document, its status and the stage that its MATURITY.md records do not go
 * together: the stage is beyond the target, a draft is in staging or production, or two places record two stages.
 */
export function scheduleConflicts(parties: readonly Party[]): readonly Conflict[] {
  const fields = parties
    .filter(({ role }) => role === "own")
    .flatMap(({ doc }) => doc.meta)
    .toSorted(byPlace);
  const goals = stagesOf(fields, /^target(?: stage)?$/);
  const reached = stagesOf(fields, /^(?:current stage|maturity(?: stage)?)$/);
  const [goal] = goals;
  const [stage] = reached;
  const otherGoal = goals.find((each) => each.stage !== goal?.stage);
  const otherStage = reached.find((each) => each.stage !== stage?.stage);
  const draft = fields.find(({ label, value }) => label === "status" && /^\W{0,4}draft\b/i.test(value));
  const released = reached.find((each) => each.stage !== "dev");
  const beyond = reached.find((each) => goal !== undefined && rank(each.stage) > rank(goal.stage));
  return [
    ...pair("two targets are named", goal, otherGoal),
    ...pair("two stages are recorded", stage, otherStage),
    ...pair("the stage is beyond the target", goal, beyond),
    ...pair(
      "a draft is past development",
      draft && { says: `status ${draft.value}`, at: draft.at },
      released,
    ),
  ];
}

function stagesOf(fields: readonly Field[], label: RegExp): readonly Said[] {
  return fields
    .filter((field) => label.test(field.label))
    .flatMap((field) => {
      // `Development → Staging (in progress)` is still in development.
      const [written = ""] = field.value.slice(0, 200).split(/→|->/);
      const stage = stageOf(written);
      return stage === undefined ? [] : [{ stage, says: `${field.label} ${stage}`, at: field.at }];
    });
}

function pair(
  message: string,
  one: Statement | undefined,
  other: Statement | undefined,
): readonly Conflict[] {
  if (one === undefined || other === undefined) return [];
  return [
    {
      code: "TP1129",
      kind: "two-sources",
      message,
      statements: [one, other].map(({ says, at }) => ({ says, at })).toSorted(byPlace),
      fix: "Correct the one that is out of date.",
    },
  ];
}

function rank(stage: Target): number {
  return targets.indexOf(stage);
}
