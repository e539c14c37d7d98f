export { estimate, isSlow, type Estimate, type EstimateRequest } from "./estimate.ts";
export { gateStatistics, type GateStatistics } from "./gate-statistics.ts";
export { percentile } from "./percentile.ts";
export { recordRun, type GateRecord, type RunRecord, type StageRecord } from "./run-record.ts";
export { workflowStatistics, type StageStatistics, type WorkflowStatistics } from "./stage-statistics.ts";
