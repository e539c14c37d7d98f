import { mentionsIn } from "./metrics.ts";
import { quantitiesIn } from "./quantities.ts";
import { stagesIn } from "./stage-words.ts";

/** Which kind of test a figure is about. */
const scope = /\b(unit|integration|e2e|end-to-end|branch|function|statement|contract|smoke)\b/i;
const scopes = new RegExp(scope, "gi");

/** Words that say nothing about what is measured. */
const neutral: ReadonlySet<string> = new Set(
  [
    "a an the of for to in on at by is are be been being must shall should may will can not no never with and or as than",
    "its it each every all any this that these which who from into over per about after before during",
    "target targets required require requires requirement requirements threshold thresholds limit limits minimum maximum",
    "min max goal goals objective objectives slo slos sla slas gate gates criterion criteria acceptance exit success",
    "stay stays remain remains keep keeps kept reach reaches reached achieve achieves have has hold holds meet meets",
    "total overall value values figure figures metric metrics measure measured measurement reported verified tested",
    "component service system application module software test tests suite suites code line lines stage stages level",
    "request requests response responses time times rolling window period day days week weeks month months maturity",
    "performance quality functional nonfunctional non reliability promotion technical operational speed least most",
    "testing strategy plan sustained measure functional non-functional given",
    "well additional workflow percentage percent ms mb seconds fail under report project default status tool and",
  ].flatMap((line) => line.split(" ")),
);

const endpoint = /\b(GET|POST|PUT|PATCH|DELETE|HEAD)\s{1,3}(\/[\w/{}.:*-]{0,200})/i;
const path = /(?<![\w/.<])\/[a-z{][\w/{}.:*-]{0,200}/i;

/**
 * What a text narrows a figure to: an endpoint, else the words that are neither metric, figure, maturity, kind of test
 * nor filling. Two figures are about one thing only if these are equal, so a word too many costs a match and never
 * makes a false one.
 * @param own the words that mean the component itself, as `tellingWords` gives them
 * @example subjectIn("Search p95 must stay below 200 ms", "") // "search"
 */
export function subjectIn(text: string, own: string): string {
  const [, method, route] = endpoint.exec(text) ?? [];
  if (method !== undefined && route !== undefined) return `${method} ${plainPath(route)}`.toLowerCase();
  const bare = path.exec(text)?.[0];
  if (bare !== undefined) return plainPath(bare).toLowerCase();
  const words = ` ${tellingWords(withoutSpans(text))} `;
  return (own === "" ? words : words.replace(` ${own} `, " ")).trim().slice(0, 120);
}

/** The words of a text that may say what is measured. */
export function tellingWords(text: string): string {
  return wordsOf(text)
    .filter((word) => !neutral.has(word))
    .join(" ");
}

/** The kind of test that a text names, `e2e` for `end-to-end`; empty when it names none, or several. */
export function scopeIn(text: string): string {
  const named = new Set(
    Array.from(text.matchAll(scopes), ([word]) => word.toLowerCase().replace("end-to-end", "e2e")),
  );
  const [only = ""] = named;
  return named.size === 1 ? only : "";
}

/** The words of a text in lower case. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}_-]*/gu) ?? [];
}

function plainPath(route: string): string {
  return route.replace(/[.:]+$/, "");
}

function withoutSpans(text: string): string {
  const spans = [...mentionsIn(text), ...quantitiesIn(text), ...stagesIn(text)].toSorted(
    (a, b) => a.start - b.start,
  );
  let result = "";
  let from = 0;
  for (const { start, end } of spans) {
    if (start > from) result += `${text.slice(from, start)} `;
    from = Math.max(from, end);
  }
  return (result + text.slice(from)).replaceAll(scopes, " ");
}
