import type { Scenario, ScenarioStep } from "@towpath/core";
import { byPlace, type Conflict, type Party, type Statement } from "./conflict.ts";
import { grouped } from "./grouped.ts";
import { conditionsOf } from "./modal-conflicts.ts";
import { normal } from "./normal.ts";
import { subjectsOf } from "./subjects.ts";

/** What can differ between two answers: text in quotes, numbers, truth values, names of errors. */
const literal =
  /"[^"]{0,200}"|“[^”]{0,200}”|(?<![\w.])\d[\d.,]*%?|\b(?:[Tt]rue|[Ff]alse|None|null)\b|\b[A-Z]\w{0,80}(?:Error|Exception)\b/g;
/** Only one of these can be the answer; several things may be contained or logged. */
const single =
  /\b(?:is|are|be|equals?|returns?|responds?|answers?|answered|status|raises?|raised|fails?|exits?|results? in|becomes?)\b/i;
const bounded =
  /\b(?:at (?:least|most)|more|less|fewer|within|under|below|above|over|up to|about|contains?|includes?|one of|or)\b|[<>≥≤~]/i;

/** Steps of one document that are filled with values of rows: few lines of an outline stand for very many. */
const mostSteps = 100_000;

interface Answer extends Statement {
  /** Situation and shape of the answer. */
  readonly key: string;
  readonly value: string;
  /** Of what it is one answer: a scenario with one of its rows. */
  readonly of: string;
}

/**
 * TP1124: under the same conditions one and the same thing has two values: scenarios with equal Given and When, rows of
 * outlines, and statements of EARS. Answers of different shape may both hold, and so may bounds.
 */
export function responseConflicts(parties: readonly Party[]): readonly Conflict[] {
  const answers = parties.filter(({ role }) => role === "own").flatMap(answersOf);
  return grouped(answers, ({ key }) => key).flatMap((group) => {
    const [first, ...others] = group.toSorted(byPlace);
    const other = others.find(({ value, of }) => value !== first?.value && of !== first?.of);
    // A scenario that gives several values of one shape lists them.
    const lists = new Set(group.map(({ of, value }) => JSON.stringify([of, value]))).size;
    const sources = new Set(group.map(({ of }) => of)).size;
    if (first === undefined || other === undefined || lists > sources) return [];
    return [
      {
        code: "TP1124",
        kind: "contradiction",
        message: "the same situation has two answers",
        statements: [first, other].map(({ says, at }) => ({ says, at })),
        fix: "Decide which answer holds, or say what tells the two situations apart.",
      },
    ];
  });
}

function answersOf(party: Party): readonly Answer[] {
  const subject = subjectsOf(party);
  const { file, scenarios, requirements } = party.doc;
  let left = mostSteps;
  const shown = scenarios.flatMap((scenario, index) => {
    const { length } = scenario.steps;
    const rows = rowsOf(scenario).slice(0, 1 + Math.floor(left / Math.max(1, length)));
    left -= (rows.length - 1) * length;
    return rows.flatMap((row, number) =>
      scenarioAnswers(scenario, row, JSON.stringify([file, index, number])),
    );
  });
  const stated = requirements
    .flatMap(({ ears }) => ears)
    .flatMap((each, index): readonly Answer[] => {
      const conditions = conditionsOf(each);
      if (conditions.every((condition) => condition === "") || !/^(?:must|should|may)$/.test(each.modal))
        return [];
      const says = `${each.subject} ${each.modal.toUpperCase()} ${each.response}`;
      const situation = JSON.stringify(["ears", subject(each.subject), ...conditions]);
      return answer(each.response, situation, says, each.at, JSON.stringify([file, "ears", index]));
    });
  return [...shown, ...stated];
}

type Row = ReadonlyMap<string, string>;

/** A scenario without a table is one row without names. */
function rowsOf({ examples }: Scenario): readonly Row[] {
  if (examples.length === 0) return [new Map()];
  return examples.flatMap(({ head, rows }) =>
    rows.map((row) => new Map(head.map((name, index) => [name, row[index] ?? ""]))),
  );
}

function scenarioAnswers({ steps }: Scenario, row: Row, of: string): readonly Answer[] {
  const situation = steps.filter(({ keyword }) => keyword !== "then");
  if (situation.length === 0) return [];
  const key = JSON.stringify(situation.map((step) => situationOf(step, row)));
  return steps
    .filter(
      ({ keyword, table, docString }) => keyword === "then" && table === undefined && docString === undefined,
    )
    .flatMap(({ text, at }) => answer(filled(text, row), key, `Then ${filled(text, row)}`, at, of));
}

/** Values count here as they are written. */
function situationOf({ keyword, text, table, docString }: ScenarioStep, row: Row): readonly unknown[] {
  const written = filled(text, row);
  return [keyword, normal(written), written.match(literal) ?? [], table ?? [], docString ?? ""];
}

function filled(text: string, row: Row): string {
  return row.size === 0
    ? text
    : text.replaceAll(/<([^<>]{1,100})>/g, (whole, name: string) => row.get(name) ?? whole);
}

function answer(
  text: string,
  situation: string,
  says: string,
  at: Statement["at"],
  of: string,
): readonly Answer[] {
  const values = text.slice(0, 500).match(literal);
  if (values === null || !single.test(text) || bounded.test(text)) return [];
  const shape = normal(text.replaceAll(literal, " … ").replaceAll("…", "value"));
  return [{ key: JSON.stringify([situation, shape]), value: JSON.stringify(values), says, at, of }];
}
