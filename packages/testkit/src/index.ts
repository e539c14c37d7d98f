export type { FakeBehaviour, FakeFile } from "./fake-behaviour.ts";
export { fakeTool } from "./fake-tool.ts";
export { project, type Project, type ProjectOptions } from "./project.ts";
export { pythonEnv, type PythonEnv } from "./python-env.ts";
export { runGate, runGateOnMany, type GateSetup, type ManySetup } from "./run-gate.ts";
export { runInMemory, type InMemoryOutcome, type InMemoryRun } from "./run-in-memory.ts";
