import type { Exec, GateResult, Plugin, Workspace } from "@towpath/core";
import { createExec, createWorkspace } from "@towpath/kit";
import { machineEnv } from "../machine-env.ts";
import { project, type Project } from "../project.ts";
import { runGate, type GateSetup } from "../run-gate.ts";
import type { Env, Files, GateCase } from "./gate-case.ts";
import { record } from "./record.ts";
import type { RecordedCall } from "./recorded-call.ts";
import { replay } from "./replay.ts";
import { treeOf, type Tree } from "./tree.ts";

/** A run of the gate in a project of its own, with all that it did. */
export interface Trial {
  readonly project: Project;
  readonly result: GateResult;
  readonly calls: readonly RecordedCall[];
  /** The project's files before and after. */
  readonly before: Tree;
  readonly after: Tree;
}

/** On what, and with which plugin, a run of the lab differs from the case. */
export interface LabSetup extends Omit<GateSetup, "root"> {
  readonly plugin?: Plugin;
}

/** Runs the gate of one case in every way that the suite needs. */
export interface Lab {
  /** The environment of the case. */
  env(): Promise<Env>;
  /** The run on the clean component; the same one for every promise. */
  clean(): Promise<Trial>;
  /** The run on the dirty component; the same one for every promise. */
  dirty(): Promise<Trial>;
  /** A run on files in a new project. */
  run(files: Files, setup?: LabSetup): Promise<Trial>;
  /** Runs again where a trial took place, with its processes' calls as `tamper` changes them; version probes stay. */
  replay(trial: Trial, tamper?: (call: RecordedCall) => RecordedCall): Promise<GateResult>;
  /** Runs again where a trial took place, with another program in place of the tool; version probes stay. */
  again(trial: Trial, setup: LabSetup): Promise<GateResult>;
}

/** Makes the lab of a case. Nothing is run until it is asked for. */
export function createLab(gateCase: GateCase): Lab {
  const workspaces = new Map<string, Promise<Workspace>>();
  const trials = new Map<string, Promise<Trial>>();
  const tests = Object.keys(gateCase.dirty.files).some((path) => path.startsWith("tests/")) ? ["tests"] : [];
  const component = { tests, ...gateCase.component };
  let asked: Promise<Env> | undefined;
  const env = (): Promise<Env> => (asked ??= Promise.resolve(gateCase.env?.() ?? {}));

  const setupOf = async (root: string, setup: Omit<LabSetup, "plugin">): Promise<GateSetup> => {
    const { target } = gateCase;
    return {
      root,
      component,
      ...(target === undefined ? {} : { target }),
      ...setup,
      env: { ...(await env()), ...setup.env },
    };
  };
  const check = async (
    root: string,
    { plugin = gateCase.plugin(), ...setup }: LabSetup,
  ): Promise<GateResult> => runGate(plugin, gateCase.gate, await setupOf(root, setup));

  const run = async (files: Files, setup: LabSetup = {}): Promise<Trial> => {
    const made = await project(files, { git: true });
    const before = await treeOf(made.root);
    const calls: RecordedCall[] = [];
    const exec = (real: Exec, outDir: string): Exec =>
      record(setup.exec?.(real, outDir) ?? real, outDir, calls);
    const result = await check(made.root, { ...setup, exec });
    return { project: made, result, calls, before, after: await treeOf(made.root) };
  };

  return {
    env,
    run,
    clean: () => remember(trials, "clean", () => run(gateCase.clean)),
    dirty: () => remember(trials, "dirty", () => run(gateCase.dirty.files)),
    async replay({ project: { root }, calls }, tamper = (call) => call) {
      const told = calls.map((call) => (call.probe ? call : tamper(call)));
      const workspace = await remember(workspaces, root, () => frozenWorkspace(root));
      return check(root, { workspace, exec: (_, outDir) => replay(told, outDir) });
    },
    again: ({ project: { root } }, setup) => check(root, setup),
  };
}

/** A workspace whose files do not change any more, so that it is read once. */
async function frozenWorkspace(root: string): Promise<Workspace> {
  const workspace = await createWorkspace(root, createExec({ root, runId: "suite", env: machineEnv() }));
  const lists = new Map<string, ReturnType<Workspace["list"]>>();
  const digests = new Map<string, Promise<string>>();
  return {
    root: workspace.root,
    list: (paths) => remember(lists, paths.join("\0"), () => workspace.list(paths)),
    digest: (files) => remember(digests, files.join("\0"), () => workspace.digest(files)),
  };
}

function remember<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  return made;
}
