import {
  brief,
  deploymentIn,
  environments,
  estimateTokens,
  factsOf,
  isBreakage,
  journalSessions,
  mapStrings,
  promotes,
  stagesFor,
  staleRefs,
  targets,
  type CurrentState,
  type Environment,
  type Fact,
  type Journal,
  type RunRow,
  type Target,
} from "@towpath/core";
import { sanitize } from "@towpath/kit";
import { resultKey } from "./apply-change.ts";
import type {
  ComponentView,
  EnvironmentView,
  MaturityView,
  MessageView,
  ResultView,
  SessionView,
} from "./model.ts";

/** The budget in tokens by which a page says what a reader does not get. */
const budget = 4_000;
const mostMessages = 200;
const mostSessions = 20;
const longestMessage = 4_000;

/**
 * What is on record about a component beside its runs. What cannot be trusted is said to be so, and not shown.
 * @param rows runs of the component, newest first
 * @param results the last ones, by their key
 */
export function componentView(
  journal: Journal,
  name: string,
  rows: readonly RunRow[],
  results: ReadonlyMap<string, ResultView>,
): ComponentView {
  const found = readFacts(journal, name);
  const spec = rows
    .flatMap(({ plan }) => plan.components.filter((component) => component.name === name))
    .find((component) => component.spec !== undefined)?.spec;
  return mapStrings(
    {
      name,
      ...(spec === undefined ? {} : { spec }),
      environments:
        typeof found === "string"
          ? []
          : environments.flatMap((environment) => environmentView(journal, name, environment, found)),
      maturity: targets.map((target) => maturityOf(name, target, rows, results)),
      ...(typeof found === "string" ? { trouble: found } : {}),
    },
    sanitize,
  );
}

function readFacts(journal: Journal, name: string): readonly Fact[] | string {
  try {
    return factsOf(journal, name);
  } catch (error) {
    if (isBreakage(error)) return error.message;
    throw error;
  }
}

function environmentView(
  journal: Journal,
  component: string,
  environment: Environment,
  facts: readonly Fact[],
): readonly EnvironmentView[] {
  const deployment = deploymentIn(facts, environment);
  if (deployment === undefined) return [];
  const from = Date.parse(deployment.since);
  const samples = journal.samples(component, { environment, digest: deployment.digest, from });
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return [deployment];
  const counts = { up: 0, down: 0, unknown: 0 };
  for (const { state } of samples) counts[state] += 1;
  return [{ ...deployment, probes: { ...counts, from: first.t, to: last.t } }];
}

function maturityOf(
  component: string,
  target: Target,
  rows: readonly RunRow[],
  results: ReadonlyMap<string, ResultView>,
): MaturityView {
  // A run that ends before asks only a part.
  const last = stagesFor(target).at(-1)?.name;
  const row = rows.find(
    ({ plan }) => plan.kind === "run" && plan.target === target && plan.stages.at(-1)?.name === last,
  );
  if (row === undefined) return { target, criteria: [] };
  const criteria = new Map<string, MaturityView["criteria"][number]>();
  for (const { name: stage, gates } of row.plan.stages) {
    for (const { name: gate, required, components } of gates) {
      if (!required || !components.includes(component)) continue;
      const result = results.get(resultKey({ gate, component, target }));
      const met = result !== undefined && promotes(result.verdict);
      criteria.set(gate, {
        gate,
        stage,
        verdict: result?.verdict ?? "missing",
        met,
        ...(met ? {} : { todo: todoOf(gate, component, target, result) }),
      });
    }
  }
  return { target, run: row.id, criteria: [...criteria.values()] };
}

function todoOf(gate: string, component: string, target: string, result: ResultView | undefined): string {
  return result?.fix[0] ?? `towpath check ${gate} --component ${component} --target ${target}`;
}

/** The sessions of a component by what the journal holds, oldest first. @param current what there is now */
export function sessionViews(
  journal: Pick<Journal, "messages">,
  component: string,
  current: CurrentState,
): readonly SessionView[] {
  return journalSessions(journal, component)
    .slice(-mostSessions)
    .map((session) => {
      const kept = brief(session, budget, { current });
      const fits = new Set(kept.messages.map(({ at, content }) => `${at}\n${content}`));
      const view: SessionView = {
        id: session.id,
        component,
        archived: session.archived,
        budget,
        tokens: session.messages.reduce((sum, { content }) => sum + estimateTokens(content), 0),
        kept: kept.tokens,
        messages: session.messages.slice(-mostMessages).map((message): MessageView => {
          const { role, kind, content, at, importance, untrusted, run } = message;
          return {
            role,
            ...(kind === undefined ? {} : { kind }),
            content: content.length > longestMessage ? `${content.slice(0, longestMessage)} …` : content,
            at,
            importance,
            untrusted,
            ...(run === undefined ? {} : { run }),
            tokens: estimateTokens(content),
            dropped: !fits.has(`${at}\n${content}`),
            stale: staleRefs(message, current),
          };
        }),
      };
      return mapStrings(view, sanitize);
    });
}
