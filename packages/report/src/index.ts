export { badge } from "./badge.ts";
export { ctrf } from "./ctrf.ts";
export { duration } from "./duration.ts";
export { gatesJson } from "./gates-json.ts";
export {
  command,
  githubAnnotations,
  type AnnotationOptions,
  type ChangedLines,
} from "./github-annotations.ts";
export { githubOutputs } from "./github-outputs.ts";
export { gitlabCodeQuality } from "./gitlab-code-quality.ts";
export { inFolder } from "./in-folder.ts";
export { jsonText } from "./json-text.ts";
export { junit } from "./junit.ts";
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
  stageError,
  stopReason,
  waitText,
  type Outcome,
} from "./outcome.ts";
export { problemsOf, type Problem, type ProblemPlace } from "./problems.ts";
export { readRunReport } from "./read-run-report.ts";
export { sarif } from "./sarif.ts";
export { when } from "./when.ts";
