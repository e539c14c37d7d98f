import {
  memoryJournal,
  type Exec,
  type GateResult,
  type Journal,
  type Plugin,
  type Workspace,
} from "@towpath/core";
import { createExec, createWorkspace } from "@towpath/kit";
import { machineEnv } from "../machine-env.ts";
import { project, type Project } from "../project.ts";
import { runGate, type GateSetup } from "../run-gate.ts";
import type { DirtyCase, Env, GateCase } from "./gate-case.ts";
import { record } from "./record.ts";
import type { RecordedCall } from "./recorded-call.ts";
import { replay } from "./replay.ts";
import { treeOf, type Tree } from "./tree.ts";

/** What the gate is run on; what is on record is the case's if it is left out. */
export type Subject = Pick<DirtyCase, "files" | "journal">;

/** A run of the gate in a project of its own, with all that it did. */
export interface Trial {
  readonly subject: Subject;
  readonly project: Project;
  /** What is on record after it. */
  readonly journal: Journal;
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
  /** A run in a new project. */
  run(subject: Subject, setup?: LabSetup): Promise<Trial>;
  /**
   * Runs again where a trial took place, on the record from before it, with its processes' calls as `tamper` changes
   * them; version probes stay.
   */
  replay(trial: Trial, tamper?: (call: RecordedCall) => RecordedCall): Promise<GateResult>;
  /**
   * Runs again where a trial took place, with another program in place of the tool (version probes stay) or on another
   * record. @param setup without a journal: the record from before the trial
   */
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

  const journalOf = async ({ journal = gateCase.journal }: Subject, root: string): Promise<Journal> =>
    (await journal?.(root)) ?? memoryJournal();
  const setupOf = async (root: string, setup: Omit<LabSetup, "plugin">): Promise<GateSetup> => {
    const { target, clock } = gateCase;
    return {
      root,
      component,
      ...(target === undefined ? {} : { target }),
      ...(clock === undefined ? {} : { clock }),
      ...setup,
      env: { ...(await env()), ...setup.env },
    };
  };
  const check = async (
    root: string,
    { plugin = gateCase.plugin(), ...setup }: LabSetup,
  ): Promise<GateResult> => runGate(plugin, gateCase.gate, await setupOf(root, setup));

  const run = async (subject: Subject, setup: LabSetup = {}): Promise<Trial> => {
    const made = await project(subject.files, { git: true });
    const journal = setup.journal ?? (await journalOf(subject, made.root));
    const before = await treeOf(made.root);
    const calls: RecordedCall[] = [];
    const exec = (real: Exec, outDir: string): Exec =>
      record(setup.exec?.(real, outDir) ?? real, outDir, calls);
    const result = await check(made.root, { ...setup, journal, exec });
    return { subject, project: made, journal, result, calls, before, after: await treeOf(made.root) };
  };

  return {
    env,
    run,
    clean: () => remember(trials, "clean", () => run({ files: gateCase.clean })),
    dirty: () => remember(trials, "dirty", () => run(gateCase.dirty)),
    async replay({ subject, project: { root }, calls }, tamper = (call) => call) {
      const told = calls.map((call) => (call.probe ? call : tamper(call)));
      const workspace = await remember(workspaces, root, () => frozenWorkspace(root));
      const journal = await journalOf(subject, root);
      return check(root, { workspace, journal, exec: (_, outDir) => replay(told, outDir) });
    },
    async again({ subject, project: { root } }, setup) {
      return check(root, { journal: await journalOf(subject, root), ...setup });
    },
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
