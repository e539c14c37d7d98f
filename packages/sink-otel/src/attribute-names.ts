/**
 * Names of the semantic conventions for CI/CD, VCS and processes, release 1.45.0, and our own below `towpath.`. Copied, as
 * the package that holds them is larger than all of this program; a test compares them with it.
 */
export const names = {
  errorType: "error.type",
  executable: "process.executable.name",
  exitCode: "process.exit.code",
  headName: "vcs.ref.head.name",
  headRevision: "vcs.ref.head.revision",
  pipelineAction: "cicd.pipeline.action.name",
  pipelineName: "cicd.pipeline.name",
  pipelineResult: "cicd.pipeline.result",
  pipelineRunId: "cicd.pipeline.run.id",
  pipelineRunState: "cicd.pipeline.run.state",
  repositoryName: "vcs.repository.name",
  repositoryUrl: "vcs.repository.url.full",
  serviceName: "service.name",
  serviceVersion: "service.version",
  taskName: "cicd.pipeline.task.name",
  taskResult: "cicd.pipeline.task.run.result",
  taskRunId: "cicd.pipeline.task.run.id",
  taskRunUrl: "cicd.pipeline.task.run.url.full",
  taskType: "cicd.pipeline.task.type",
} as const;

/** Names of metrics from the same release. */
export const metricNames = {
  runDuration: "cicd.pipeline.run.duration",
  runErrors: "cicd.pipeline.run.errors",
} as const;

/** Results of runs and tasks. */
export type TaskResult = "success" | "failure" | "error" | "timeout" | "cancellation" | "skip";

/** Our own names, where the conventions have none. */
export const own = {
  attempt: "towpath.attempt",
  component: "towpath.component",
  environment: "towpath.environment",
  errorKind: "towpath.error.kind",
  findings: "towpath.gate.findings",
  gate: "towpath.gate.name",
  gateActual: "towpath.gate.actual",
  gateThreshold: "towpath.gate.threshold",
  measurement: "towpath.measurement.name",
  stage: "towpath.stage",
  target: "towpath.target",
  toolStatus: "towpath.tool.status",
  unit: "towpath.measurement.unit",
  verdict: "towpath.verdict",
} as const;

/** Our own metrics. */
export const ownMetrics = {
  gateDuration: "towpath.gate.duration",
  gateThreshold: "towpath.gate.threshold",
  gateValue: "towpath.gate.value",
  retries: "towpath.retries",
  stageDuration: "towpath.stage.duration",
} as const;
