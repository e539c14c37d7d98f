import type { Metric } from "./options.ts";

/** What the judged figure is called. */
export const metricNames: Readonly<Record<Metric, string>> = {
  statement: "statement coverage",
  branch: "statement and branch coverage",
};
