export type { Agent, AgentOutcome, Assignment, Violation } from "./agent.ts";
export type { AlertSource } from "./alert-source.ts";
export { architectureContext } from "./architecture-context.ts";
export { artifact, type ArtifactKey, type Artifacts } from "./artifacts.ts";
export { Breakage, breakageKinds, isBreakage, type BreakageDetails, type ErrorKind } from "./breakage.ts";
export { canonicalJson, digestOf } from "./canonical.ts";
export { catalogue, type CatalogueEntry } from "./catalogue.ts";
export {
  circuitPolicy,
  closedCircuit,
  request,
  settle,
  type Circuit,
  type CircuitPolicy,
} from "./circuit.ts";
export { systemClock } from "./clock.ts";
export { findComponent, sourcePlaces, testNames } from "./components.ts";
export type { ContextStore, SessionHead, StoredSession } from "./context-store.ts";
export type { Ctx, Effect, Outcome, StepCall, StepError } from "./ctx.ts";
export {
  decide,
  defaultMaxAgeMs,
  inputKeys,
  type Decision,
  type DecisionExit,
  type Policy,
  type Reason,
  type Requirement,
} from "./decide.ts";
export {
  environments,
  type DeployAction,
  type DeployContext,
  type Deployer,
  type DeployResult,
  type Environment,
  type ProbeAnswer,
  type RollbackResult,
  type Sabotage,
  type TargetContext,
  type TargetStatus,
  type Watch,
} from "./deployer.ts";
export { deliver } from "./deliver.ts";
export { createInputDigests, type InputDigests } from "./input-digests.ts";
export {
  createEngine,
  dueRuns,
  type Conflict,
  type Ended,
  type Engine,
  type EngineParts,
  type Hold,
  type NewRun,
  type Work,
} from "./engine.ts";
export { mapStrings } from "./map-strings.ts";
export { isTowpathError, TowpathError, type Code, type ErrorData, type ErrorDetails } from "./errors.ts";
export type { Bus, EventOf, Events, Stamp, TowpathEvent } from "./events.ts";
export {
  append,
  brokenAt,
  emptyLog,
  entryAfter,
  isWhole,
  resultsIn,
  type Entry,
  type EvidenceLog,
  type Log,
} from "./evidence.ts";
export type { Conversation, Exec, ExecRequest, ExecResult, ExecStatus } from "./exec.ts";
export {
  deploymentIn,
  rejectionOf,
  type AttestationFact,
  type Deployment,
  type DeploymentFact,
  type DrillFact,
  type DrillScenario,
  type Fact,
  type RedFact,
  type ReleaseFact,
  type RoundFact,
} from "./facts.ts";
export {
  holds,
  type Edit,
  type Finding,
  type FindingFix,
  type Level,
  type Measurement,
  type Operator,
  type Range,
  type Severity,
  type Threshold,
} from "./finding.ts";
export {
  defineGate,
  type Category,
  type Component,
  type Cost,
  type Evidence,
  type FixResult,
  type Gate,
  type GateContext,
  type Producer,
  type ToolInfo,
  type Waiting,
} from "./gate.ts";
export type {
  Basis,
  GateEnvironment,
  ListedFiles,
  ToolDependence,
  ToolRequest,
  VersionRange,
} from "./gate-environment.ts";
export type {
  Hooks,
  SessionRequest,
  StageFailure,
  StageInfo,
  StageRefusal,
  ToolCall,
  ToolEnv,
} from "./hooks.ts";
export type { Clock, Host } from "./host.ts";
export {
  createKernel,
  type Kernel,
  type KernelOptions,
  type PluginSource,
  type RegisteredAgent,
} from "./kernel.ts";
export type { Change, Journal, RunQuery, RunRow, RunStatus, StepRow, StoredEvent, Wait } from "./journal.ts";
export {
  journalCtx,
  isJournalError,
  type JournalCtx,
  type JournalCtxParts,
  type Settlement,
} from "./journal-ctx.ts";
export { journalSessions, mergeMessages, type JournalSession } from "./journal-sessions.ts";
export { makePlan, makeTargetPlan, type PlanRequest } from "./make-plan.ts";
export { memoryEngine } from "./memory-engine.ts";
export { memoryJournal } from "./memory-journal.ts";
export { checkComponentName, componentNamePattern } from "./names.ts";
export { pipeline } from "./pipeline.ts";
export type {
  LeftOut,
  Plan,
  PlannedAgent,
  PlannedDrill,
  PlannedGate,
  PlannedStage,
  RunKind,
} from "./plan.ts";
export {
  definePlugin,
  PLUGIN_API,
  type Plugin,
  type PluginApi,
  type PluginDefinition,
  type PluginFactory,
  type PluginOptionsResult,
} from "./plugin.ts";
export { noRecords, type Records, type Sample, type SampleQuery } from "./records.ts";
export { factsOf, recordsOf } from "./records-of.ts";
export type { RegisteredGate } from "./registered-gate.ts";
export type { BuildContext, Builder, Release } from "./release.ts";
export type { AgentRound, PipelineResult, RunReport, StageReport } from "./report.ts";
export type { Cached, GateResult, Inputs, ResultError } from "./result.ts";
export type { Hit, Retrieval, RetrievalQuery, Retriever } from "./retriever.ts";
export { delayBefore, type Backoff } from "./retry.ts";
export { resumeRun, startRun, type ResumeOptions, type RunParts } from "./run.ts";
export {
  addMessage,
  brief,
  estimateTokens,
  identityOf,
  importances,
  newSession,
  prune,
  type Brief,
  type BriefMessage,
  type BriefOptions,
  type DroppedMessage,
  type Message,
  type MessageKind,
  type MessageRefs,
  type Role,
  type Session,
} from "./session.ts";
export {
  specDocument,
  type ApiBlock,
  type Criterion,
  type Dependency,
  type Ears,
  type EarsPattern,
  type Endpoint,
  type ExampleTable,
  type Field,
  type Figure,
  type Modal,
  type Place,
  type ProofKind,
  type Prose,
  type Requirement as SpecRequirement,
  type Scenario,
  type ScenarioStep,
  type Section,
  type SpecDoc,
  type SpecExample,
  type SpecForm,
  type StageTarget,
} from "./spec-doc.ts";
export type { Note, Sessions } from "./sessions.ts";
export type { Past, Sink, Taken } from "./sink.ts";
export { staleRefs, type CurrentState } from "./stale-refs.ts";
export { standingResults, type Standing, type StandingParts } from "./standing-results.ts";
export type { StepExecutor, StepIO } from "./step.ts";
export { stages, stagesFor, targets, type Stage, type StageName, type Target } from "./stages.ts";
export type {
  GeneratedFile,
  GeneratedTest,
  GeneratedTests,
  TestGenerator,
  TestTier,
} from "./test-generator.ts";
export { testRun, type ExecutedTest, type TestRun } from "./test-run.ts";
export { judge, promotes, verdicts, type Judgement, type Verdict } from "./verdict.ts";
export type { Workspace } from "./workspace.ts";
export { planWork, requirementDigest, workPlanSummary, type Task, type WorkPlan } from "./work-plan.ts";
export { version } from "./version.ts";
