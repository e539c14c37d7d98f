export { duration } from "./duration.ts";
export {
  commentMarker,
  markdownComment,
  markdownReport,
  markdownSummary,
  type MarkdownOptions,
} from "./markdown.ts";
export { code, escape } from "./markdown-text.ts";
export {
  allResults,
  countsLine,
  countVerdicts,
  missingEvidence,
  nextSteps,
  outcomeOf,
  stopReason,
  waitText,
  type Outcome,
} from "./outcome.ts";
export { problemsOf, type Problem, type ProblemPlace } from "./problems.ts";
export { when } from "./when.ts";
