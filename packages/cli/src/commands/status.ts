import {
  deploymentIn,
  environments,
  factsOf,
  type Deployment,
  type Journal,
  type RunRow,
  type Verdict,
} from "@towpath/core";
import { cleanStrings } from "../clean-strings.ts";
import { lastResults, type LastResult } from "./last-results.ts";
import type { GlobalOptions } from "../global-options.ts";
import { readJournal } from "../open-journal.ts";
import { printDocument } from "../print-document.ts";
import { mark, paintFor, type Paint } from "../terminal.ts";
import { when } from "@towpath/report";

/** Where a component stands. */
interface ComponentStatus {
  readonly name: string;
  readonly environments: Readonly<Partial<Record<string, Deployment>>>;
  /** The last run that was not a check. */
  readonly run?: Pick<RunRow, "id" | "status" | "exit" | "wait"> & {
    readonly kind: string;
    readonly target: string;
  };
  readonly gates: readonly {
    readonly gate: string;
    readonly verdict: Verdict;
    readonly at: string;
    readonly run: string;
  }[];
  /** With `--findings`. */
  readonly results?: readonly LastResult[];
}

/** The flags of `status`. */
export interface StatusFlags {
  readonly findings?: boolean;
}

/** `towpath status`: what is on record about each component. Starts no gate and writes nothing. */
export async function status(
  names: readonly string[],
  flags: StatusFlags,
  options: GlobalOptions,
): Promise<number> {
  const found = await readJournal(options, (journal, { root, components }) => {
    const wanted = [...new Set(names.length > 0 ? names : components)];
    return Promise.all(
      wanted.map(async (name): Promise<ComponentStatus> => {
        const known = statusOf(journal, name);
        return flags.findings ? { ...known, results: await lastResults(journal, name, root) } : known;
      }),
    );
  });
  if (!printDocument(options.reporter, "status", { components: found })) {
    const paint = paintFor(options.color, process.stdout);
    process.stdout.write(
      `${cleanStrings(found)
        .map((one) => text(one, paint))
        .join("\n\n")}\n`,
    );
  }
  return 0;
}

function statusOf(journal: Journal, name: string): ComponentStatus {
  const facts = factsOf(journal, name);
  const deployed = environments.map(
    (environment) => [environment, deploymentIn(facts, environment)] as const,
  );
  const rows = journal.runs({ component: name, limit: 20 });
  const run = rows.find(({ plan }) => plan.kind !== "check");
  const latest = rows.find(({ plan }) => plan.stages.length > 0);
  const gates = [
    ...new Set(latest?.plan.stages.flatMap((stage) => stage.gates.map((gate) => gate.name)) ?? []),
  ];
  return {
    name,
    environments: Object.fromEntries(deployed.filter(([, deployment]) => deployment !== undefined)),
    ...(run === undefined ? {} : { run: runOf(run) }),
    gates: gates.flatMap((gate) => {
      const found = journal.latest(name, gate);
      if (found === undefined) return [];
      const { verdict, startedAt } = found.result;
      return [{ gate, verdict, at: startedAt, run: found.run }];
    }),
  };
}

function runOf({ id, status: state, exit, wait, plan }: RunRow): NonNullable<ComponentStatus["run"]> {
  return {
    id,
    kind: plan.kind,
    target: plan.target,
    status: state,
    ...(exit === undefined ? {} : { exit }),
    ...(wait === undefined ? {} : { wait }),
  };
}

function text({ name, environments: deployed, run, gates, results }: ComponentStatus, paint: Paint): string {
  const places = environments.map((environment) => {
    const deployment = deployed[environment];
    const what =
      deployment === undefined
        ? paint("dim", "nothing")
        : `${deployment.digest.slice(0, 12)}  ${deployment.verified ? "verified" : "not verified"}  since ${when(Date.parse(deployment.since))}  ${deployment.url ?? ""}`;
    return `  ${environment.padEnd(11)} ${what.trimEnd()}`;
  });
  const verdicts = gates.map(
    ({ gate, verdict, at, run: from }) =>
      `  ${mark(verdict, paint)} ${gate.padEnd(20)} ${verdict.padEnd(12)} ${paint("dim", `${when(Date.parse(at))}  run ${from}`)}`,
  );
  return [
    paint("bold", name),
    ...places,
    ...(run === undefined ? ["  no run yet"] : runLines(run)),
    ...verdicts,
    ...(results ?? []).flatMap((last) => findingLines(last, paint)),
  ].join("\n");
}

function findingLines({ result, tree }: LastResult, paint: Paint): readonly string[] {
  if (result.findings.length === 0) return [];
  const since =
    tree === "unchanged"
      ? ""
      : paint("dim", `  the component has ${tree === "changed" ? "changed" : "perhaps changed"} since`);
  return [
    `  ${paint("bold", result.gate)}${since}`,
    ...result.findings.map(({ file, range, level, rule, message }) => {
      const place = `${file ?? result.component}${range === undefined ? "" : `:${range.startLine}`}`;
      return `    ${place}  ${level}  ${rule}  ${message.split("\n", 1)[0] ?? ""}`;
    }),
  ];
}

function runLines(run: NonNullable<ComponentStatus["run"]>): readonly string[] {
  const { wait } = run;
  const exit = run.exit === undefined ? "" : `, exit ${run.exit}`;
  const until = wait?.until === undefined ? "" : ` until ${when(wait.until)}`;
  return [
    `  last ${run.kind.padEnd(6)} ${run.id} → ${run.target}  ${run.status}${exit}`,
    ...(wait === undefined
      ? []
      : [`  waits for   ${wait.for}${until}`, ...wait.next.map((step) => `  next        ${step}`)]),
    ...(run.status === "closed" || run.status === "superseded"
      ? []
      : [`  go on       towpath resume ${run.id}`]),
  ];
}
