import type { Figure, Target } from "@towpath/core";
import { fits, mentionsIn, type Mention, type Metric } from "./metrics.ts";
import { quantitiesIn, type Quantity } from "./quantities.ts";
import { stageOf, stagesIn } from "./stage-words.ts";
import { scopeIn, subjectIn, wordsOf } from "./subject-words.ts";

/** What stands above a statement: headings, the item around it, the head of its column. */
export interface FigureContext {
  readonly stage?: Target | undefined;
  readonly metric?: Metric | undefined;
  readonly scope: string;
  readonly subject: string;
  /** Words that mean the component itself, as those of the document's title. */
  readonly own: string;
}

/** A figure before it has a place. */
export interface FoundFigure extends Omit<Figure, "at"> {
  /** UTF-16 index of the last character of the number in the statement. */
  readonly offset: number;
}

/** A longer sentence states nothing that a reader finds. */
const longestStatement = 1_000;

/** What was measured, or could be, is not what is asked for. */
const reported =
  /\b(?:current(?:ly)?|actual(?:ly)?|achieved|was|were|so far|today|e\.g|for (?:example|instance)|example)\b/i;

/** What narrows a context further, from the outside in. */
export function narrow(context: FigureContext, text: string): FigureContext {
  if (text.length > longestStatement) return context;
  const metrics = mentionsIn(text);
  return {
    own: context.own,
    stage: stageOf(text) ?? context.stage,
    metric: metrics.length === 1 ? metrics[0]?.metric : context.metric,
    scope: scopeIn(text) || context.scope,
    subject: subjectIn(text, context.own) || context.subject,
  };
}

/**
 * The figures that one sentence states, in its order.
 * @example figuresIn("coverage ≥ 70 % (staging), ≥ 80 % (production)", context) // two figures of the metric `coverage`
 */
export function figuresIn(statement: string, context: FigureContext): readonly FoundFigure[] {
  if (statement.length > longestStatement || reported.test(statement)) return [];
  const quantities = quantitiesIn(statement);
  if (quantities.length === 0) return [];
  const mentions = mentionsIn(statement);
  const subject = subjectIn(statement, context.own) || context.subject;
  const scope = scopeIn(statement);
  const text = statement.trim();
  const figures: FoundFigure[] = [];
  let from = 0;
  let last: { readonly metric: Metric; readonly stage: Target | undefined } | undefined;
  quantities.forEach((quantity, index) => {
    const next = quantities[index + 1]?.start ?? statement.length;
    const before = statement.slice(from, quantity.start);
    const after = statement.slice(quantity.end, next);
    const remark = /^\s{0,2}\(([^()]*)\)/.exec(after);
    const metric = metricFor(quantity, mentions, from, next, last?.metric ?? context.metric);
    if (metric === undefined || isTrigger(quantity, metric)) return;
    const local = localStage(before, after, remark?.[1]);
    const stage =
      (metric.name === "uptime" ? context.stage : undefined) ??
      local?.stage ??
      (last !== undefined && last.metric !== metric ? last.stage : undefined) ??
      context.stage;
    figures.push({
      ...limitOf(quantity, metric),
      subject,
      metric: metric.name,
      scope: scopeIn(remark?.[1] ?? "") || scopeIn(before) || scope || context.scope,
      ...(stage === undefined ? {} : { stage }),
      text,
      offset: quantity.end - 1,
    });
    last = { metric, stage: local?.behind === true ? undefined : local?.stage };
    from = quantity.end + Math.max(remark?.[0].length ?? 0, local?.behind === true ? local.end : 0);
  });
  return figures.length > 0 ? figures : labelledFigure(statement, context);
}

/** A figure of a metric that nobody listed: `Concurrent users: ≥ 100`. The limit must be written. */
function labelledFigure(statement: string, context: FigureContext): readonly FoundFigure[] {
  const [, label, rest] = /^([^:|]{2,60}):\s+(\S[^]*)$/.exec(statement) ?? [];
  if (label === undefined || rest === undefined || mentionsIn(label).length > 0) return [];
  const [quantity, ...others] = quantitiesIn(rest);
  const words = wordsOf(label);
  if (quantity?.operator === undefined || quantity.start > 0 || others.length > 0 || words.length > 5)
    return [];
  const stage = stageOf(label) ?? stageOf(rest) ?? context.stage;
  return [
    {
      subject: context.subject,
      metric: words.join(" "),
      scope: context.scope,
      ...(stage === undefined ? {} : { stage }),
      operator: quantity.operator,
      value: quantity.value,
      unit: quantity.kind || (quantity.word ?? ""),
      text: statement.trim(),
      offset: statement.length - rest.length + quantity.end - 1,
    },
  ];
}

/** The metric before the number, a percentile before others; else the one after it; else that of the context. */
function metricFor(
  { start, end, kind, operator }: Quantity,
  mentions: readonly Mention[],
  from: number,
  next: number,
  inherited: Metric | undefined,
): Metric | undefined {
  const usable = ({ metric }: Mention): boolean =>
    fits(metric, kind) && (kind !== "" || operator !== undefined);
  const before = mentions.filter(
    (mention) => mention.start >= from && mention.end <= start && usable(mention),
  );
  const percentile = before.findLast(({ metric }) => /^p\d/.test(metric.name));
  const after = mentions.find((mention) => mention.start >= end && mention.end <= next && usable(mention));
  const found = percentile ?? before.at(-1) ?? after;
  if (found !== undefined) return found.metric;
  if (inherited === undefined || !fits(inherited, kind)) return undefined;
  return kind === "" && operator === undefined ? undefined : inherited;
}

/** `error rate > 5 %` says when somebody is called; who wants that much says "at least". */
function isTrigger({ operator }: Quantity, { bound }: Metric): boolean {
  return (operator === ">" && bound === "<=") || (operator === "<" && bound === ">=");
}

function localStage(
  before: string,
  after: string,
  remark: string | undefined,
): { readonly stage: Target; readonly behind: boolean; readonly end: number } | undefined {
  const remarked = stageOf(remark ?? "");
  if (remarked !== undefined) return { stage: remarked, behind: true, end: 0 };
  const ahead = stageOf(before) ?? stagesIn(before).at(-1)?.stage;
  if (ahead !== undefined) return { stage: ahead, behind: false, end: 0 };
  const [behind] = stagesIn(after);
  if (behind === undefined || /[,;.(]/.test(after.slice(0, behind.start))) return undefined;
  return { stage: behind.stage, behind: true, end: behind.end };
}

function limitOf(
  { value, kind, operator }: Quantity,
  metric: Metric,
): Pick<Figure, "operator" | "value" | "unit"> {
  const [usual = ""] = metric.kinds;
  return { operator: operator ?? metric.bound, value, unit: kind || usual };
}
