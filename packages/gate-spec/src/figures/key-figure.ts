import type { Figure } from "@towpath/core";
import { mentionsIn } from "./metrics.ts";
import { stagesIn } from "./stage-words.ts";
import { scopeIn, subjectIn } from "./subject-words.ts";

/** Keys that set a limit. Others, such as `precision`, only describe. */
const limiting =
  /\b(?:threshold|min|minimum|max|maximum|target|required|fail under|percentage|objective|limit)\b/;

/**
 * The figure that a key of a configuration sets, if it sets one: `test_coverage.staging_threshold: 70`.
 * @param path the keys from the outermost in
 * @param text the line, as written
 * @example figureOfKey(["coverage", "dev"], 50, "dev: 50") // coverage ≥ 50 % for dev
 */
export function figureOfKey(
  path: readonly string[],
  value: number,
  text: string,
): Omit<Figure, "at"> | undefined {
  const words = path
    .join(" ")
    .replaceAll(/[_.-]+/g, " ")
    .toLowerCase();
  const metric = mentionsIn(words).at(-1)?.metric;
  const stages = stagesIn(words).map(({ stage }) => stage);
  if (metric === undefined || (stages.length === 0 && !limiting.test(words))) return undefined;
  // Uptime is measured in staging and asked for production.
  const stage = metric.name === "uptime" ? stages[0] : stages.at(-1);
  const [unit = ""] = metric.kinds;
  const last = words.split(" ").at(-1) ?? "";
  // `uptime_days` is no percentage, and 0.8 of something may be a share.
  if (unit === "%" && (/^(?:days?|hours?|minutes?|seconds?|ms)$/.test(last) || value < 1)) return undefined;
  if (unit === "ms" && !/^(?:ms|seconds?)$/.test(last)) return undefined;
  if (unit === "B" && last !== "mb") return undefined;
  const factor =
    unit === "ms" && /\bseconds?\b/.test(words) ? 1_000 : unit === "B" && /\bmb\b/.test(words) ? 1e6 : 1;
  return {
    subject: subjectIn(words.replaceAll(/\bquality\b|\bgates?\b/g, " "), ""),
    metric: metric.name,
    scope: scopeIn(words),
    ...(stage === undefined ? {} : { stage }),
    operator: /\bmax(?:imum)?\b/.test(words) ? "<=" : /\bmin(?:imum)?\b/.test(words) ? ">=" : metric.bound,
    value: value * factor,
    unit,
    text: text.trim(),
  };
}
