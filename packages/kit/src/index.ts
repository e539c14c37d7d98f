export { candidates, type CandidateRequest } from "./candidates.ts";
export { codePointColumn } from "./columns.ts";
export { parseDuration } from "./duration.ts";
export { createExec, type CreateExecOptions } from "./exec.ts";
export { withFingerprints, type FindingDraft } from "./fingerprint.ts";
export { fixAndDiff } from "./fix.ts";
export { parseJson, parseReport } from "./json.ts";
export { lookAt, type Seen } from "./look-at.ts";
export { mapBounded } from "./map-bounded.ts";
export { orBreakage } from "./or-breakage.ts";
export { toolPath, toRepoPath } from "./paths.ts";
export { readReport } from "./read-report.ts";
export {
  readCobertura,
  type CoberturaFile,
  type CoberturaLine,
  type CoberturaReport,
} from "./readers/cobertura.ts";
export { readJunit, type JunitCase, type JunitProblem } from "./readers/junit.ts";
export { readSarif, type ReadSarifOptions, type SarifResult, type SarifRun } from "./readers/sarif.ts";
export { createRedactor, type Redactor } from "./redactor.ts";
export { runTool, type RunToolOptions, type ToolRun } from "./run-tool.ts";
export {
  isSameService,
  startService,
  stopService,
  type ServiceIdentity,
  type ServiceRequest,
} from "./service.ts";
export { findSurvivors, killSurvivors } from "./survivors.ts";
export { excerpt, sanitize } from "./text.ts";
export { findPython, findTool, type Tool } from "./tool.ts";
export type { ToolRequest, VersionRange } from "@towpath/core";
export { unifiedDiff } from "./unified-diff.ts";
export { createWorkspace } from "./workspace.ts";
export { writeAtomic } from "./write-atomic.ts";
