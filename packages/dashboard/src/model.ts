import type { Deployment, FindingFix, Level, Measurement, Severity, Verdict, Wait } from "@towpath/core";
import type { RunRecord } from "@towpath/history";

/** All that the pages show, as one JSON document. A versioned contract: it also lies in every saved report. */
export interface DashboardModel {
  readonly schemaVersion: 1;
  /** Version of Towpath. */
  readonly towpath: string;
  /** Name of the project's folder. */
  readonly project: string;
  /** Epoch milliseconds at which it was made. */
  readonly at: number;
  /** Position in the journal up to which events are in it. */
  readonly position: number;
  /** At most 500, oldest first. */
  readonly runs: readonly RunView[];
  /** Runs that are on record and not in `runs`; absent when there is none. */
  readonly older?: OlderRuns;
  /** The last result of each gate for each component and target. */
  readonly results: readonly ResultView[];
  /** What `results` and the outcomes of `runs` name, in the words of the last run that found it. */
  readonly findings: readonly FindingView[];
  readonly components: readonly ComponentView[];
  /** Oldest first. */
  readonly sessions: readonly SessionView[];
  /** Id of the run that a saved page shows first. @default none: it begins with the overview */
  readonly opensAt?: string;
}

/** What is left of runs that are too old to be shown one by one. */
export interface OlderRuns {
  readonly count: number;
  /** How many of them ended with exit 0. */
  readonly passed: number;
  /** Epoch milliseconds at which the first and the last of them began. */
  readonly from: number;
  readonly to: number;
}

/** A run: its record, and what the pages show beside that. */
export interface RunView extends RunRecord {
  /** The Markdown file that says what the component must do. */
  readonly spec?: string;
  /** The stages with their gates, as planned. */
  readonly plan: readonly PlannedView[];
  readonly wait?: Wait;
  /** Epoch milliseconds of its last event. */
  readonly lastAt: number;
  /** Gates that have begun and not ended. */
  readonly running: readonly {
    readonly gate: string;
    readonly attempt: number;
    readonly startedAt: number;
  }[];
  /** Pauses before another attempt. */
  readonly pauses: readonly PauseView[];
  /** What was done beside the gates. */
  readonly work: readonly WorkView[];
  /** The last outcome of each gate and component. */
  readonly outcomes: readonly OutcomeView[];
  readonly warnings: readonly string[];
  /** What to do next, as commands to paste or sentences. */
  readonly next: readonly string[];
}

/** A stage, as planned. */
export interface PlannedView {
  readonly stage: string;
  readonly gates: readonly string[];
  /** Why it is left out. */
  readonly skip?: string;
}

/** Time between two attempts. */
export interface PauseView {
  readonly gate: string;
  /** The attempt that follows. */
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly reason: string;
}

/** Something that was done beside the gates: a round of the agent, a step of a deploy, a fix. */
export interface WorkView {
  readonly kind: "agent" | "release" | "tests" | "plan" | "fix";
  readonly stage: string;
  readonly label: string;
  readonly detail: string;
  readonly ok: boolean;
  /** Epoch milliseconds of its begin. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/** How a gate ended in a run. */
export interface OutcomeView {
  readonly gate: string;
  readonly component: string;
  readonly stage: string;
  readonly verdict: Verdict;
  readonly required: boolean;
  readonly code?: string;
  /** Why, where no figure and no finding says it. */
  readonly message?: string;
  /** Commands or sentences. */
  readonly fix: readonly string[];
  /** Ids of findings, the first 200. */
  readonly findings: readonly string[];
  /** How many findings there were in all. */
  readonly found: number;
}

/** The last result of a gate. */
export interface ResultView extends Omit<OutcomeView, "stage"> {
  readonly target: string;
  readonly run: string;
  readonly category: string;
  readonly plugin: string;
  /** Run that it was measured in, where it was not measured anew. */
  readonly cached?: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly attempts: number;
  readonly candidates: number;
  readonly checked: number;
  readonly measurements: readonly Measurement[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** Name and version. */
  readonly tool?: string;
  /** Kind of breakage. */
  readonly error?: string;
  /** Why it was measured and not reused. */
  readonly because?: string;
  /** The last lines of its output. */
  readonly log: readonly string[];
}

/** A problem in a component. */
export interface FindingView {
  /** Stable: the gate and the finding's fingerprint. */
  readonly id: string;
  readonly gate: string;
  readonly tool: string;
  readonly rule: string;
  /** An https address. */
  readonly ruleUrl?: string;
  readonly level: Level;
  readonly severity?: Severity;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly fix?: { readonly kind: FindingFix["kind"]; readonly text: string };
}

/** A component, and how mature it is. */
export interface ComponentView {
  readonly name: string;
  readonly spec?: string;
  readonly environments: readonly EnvironmentView[];
  /** For `dev`, `staging` and `production`. */
  readonly maturity: readonly MaturityView[];
  /** Why what is on record about it cannot be trusted. */
  readonly trouble?: string;
}

/** What an environment runs, and what its probes saw. */
export interface EnvironmentView extends Deployment {
  readonly probes?: {
    readonly up: number;
    readonly down: number;
    /** Nobody can say. */
    readonly unknown: number;
    /** Epoch milliseconds of the first and the last probe. */
    readonly from: number;
    readonly to: number;
  };
}

/** How far a component is for a target, by what was measured last. Whether that still counts, a run decides. */
export interface MaturityView {
  readonly target: string;
  /** The run whose plan says what is asked; absent when none had this target. */
  readonly run?: string;
  readonly criteria: readonly {
    readonly gate: string;
    readonly stage: string;
    readonly verdict: Verdict | "missing";
    /** Whether it lets the component through. */
    readonly met: boolean;
    /** What is to be done. */
    readonly todo?: string;
  }[];
}

/** A session of a component. */
export interface SessionView {
  readonly id: string;
  readonly component: string;
  readonly archived: boolean;
  /** Tokens of a reader by which `dropped` is told. */
  readonly budget: number;
  /** Estimated tokens of all messages, and of those that fit. */
  readonly tokens: number;
  readonly kept: number;
  /** The last 200, in the order in which they were said. */
  readonly messages: readonly MessageView[];
}

/** A message of a session. */
export interface MessageView {
  readonly role: string;
  readonly kind?: string;
  readonly content: string;
  /** ISO time. */
  readonly at: string;
  readonly importance: number;
  readonly untrusted: boolean;
  readonly run?: string;
  readonly tokens: number;
  /** Whether a reader with the session's budget does not get it. */
  readonly dropped: boolean;
  /** Requirements and files that it speaks of and that changed since. */
  readonly stale: readonly string[];
}

/** What is new in a model. Whatever it names takes the place of what was there under that name. */
export interface ModelChange {
  readonly at: number;
  readonly runs: readonly RunView[];
  readonly results: readonly ResultView[];
  readonly findings: readonly FindingView[];
  readonly components: readonly ComponentView[];
  readonly sessions: readonly SessionView[];
  /** Ids of all runs that there are, where some may be gone. */
  readonly known?: readonly string[];
}

/** An event of the journal, on its way to the pages. */
export interface EventView {
  readonly position: number;
  readonly run: string;
  /** From 1 without gaps, in its run. */
  readonly seq: number;
  readonly type: string;
  /** What is worth saying aloud. */
  readonly say?: string;
}

/** What the server sends after an event: the last of several that came together brings the change. */
export interface EventMessage {
  readonly event: EventView;
  readonly change?: ModelChange;
}
