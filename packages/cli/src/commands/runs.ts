import { TowpathError, type GateResult, type Journal, type RunReport, type RunRow } from "@towpath/core";
import { cleanStrings } from "../clean-strings.ts";
import type { GlobalOptions } from "../global-options.ts";
import { openEngine } from "../open-engine.ts";
import { readJournal } from "../open-journal.ts";
import { allResults, markdownReport, when } from "@towpath/report";
import { printDocument } from "../print-document.ts";
import { findConfig } from "../find-config.ts";
import { jsonDocument } from "../reporters/json-document.ts";
import { prune, runId } from "../run-folder.ts";
import { readRun } from "../read-run.ts";
import { dirname } from "node:path";
import { columns } from "./columns.ts";

/** `towpath runs list`: the runs on record, newest first. */
export async function listRuns(
  flags: { readonly component?: string; readonly limit: string },
  options: GlobalOptions,
): Promise<number> {
  const limit = countOf(flags.limit, "--limit");
  const component = flags.component === undefined ? {} : { component: flags.component };
  const rows = await readJournal(options, (journal) => journal.runs({ ...component, limit }));
  const runs = rows.map(summaryOf);
  if (!printDocument(options.reporter, "runs", { runs })) {
    const rowsOf = cleanStrings(runs).map(({ run, kind, components, target, status, exit, startedAt }) => [
      run,
      kind,
      `${components.join(", ")} → ${target}`,
      status,
      exit === undefined ? "" : String(exit),
      when(Date.parse(startedAt)),
    ]);
    const head = ["run", "kind", "component", "status", "exit", "begun"];
    process.stdout.write(runs.length === 0 ? "no runs yet\n" : columns(head, rowsOf));
  }
  return 0;
}

/** `towpath runs show`: a run with its steps, and whether its record is whole. */
export async function showRun(id: string, options: GlobalOptions): Promise<number> {
  const found = await readJournal(options, (journal) => detailsOf(journal, id));
  if (!printDocument(options.reporter, "run-record", found)) {
    const { run, steps, broken } = cleanStrings(found);
    const table = steps.map(({ id: step, effect, state, attempt, outcome }) => [
      step,
      effect,
      state,
      String(attempt),
      outcome ?? "",
    ]);
    const head = `${run.run}  ${run.kind} ${run.components.join(", ")} → ${run.target}  ${run.status}`;
    const body = columns(["step", "effect", "state", "attempt", "why"], table);
    process.stdout.write(`${head}\n${body}${broken ?? "the record is whole"}\n`);
  }
  return found.broken === undefined ? 0 : 3;
}

/** `towpath runs show --result`: what a run reported at its end, or when it paused last. */
export async function showResult(id: string, options: GlobalOptions): Promise<number> {
  // A name that could lead elsewhere is none.
  if (!runId.test(id))
    throw new TowpathError("TP6003", { message: `there is no run ${id}`, fix: ["towpath runs list"] });
  const report = await readRun(dirname((await findConfig(options)).path), id);
  const { schemaVersion: _, ...fields } = jsonDocument(report);
  if (!printDocument(options.reporter, "run", fields))
    process.stdout.write(`${markdownReport(cleanStrings(report))}\n`);
  return 0;
}

/** `towpath runs diff`: what one run found that another did not, and which inputs changed. */
export async function diffRuns(before: string, after: string, options: GlobalOptions): Promise<number> {
  const root = dirname((await findConfig(options)).path);
  const gates = compare(await readRun(root, before), await readRun(root, after));
  if (!printDocument(options.reporter, "diff", { before, after, gates })) {
    const lines = cleanStrings(gates).flatMap(({ gate, component, from, to, changed, fresh, fixed }) => [
      `${gate} (${component})  ${from} → ${to}${changed.length === 0 ? "" : `   changed: ${changed.join(", ")}`}`,
      ...fresh.map((finding) => `  + ${finding}`),
      ...fixed.map((finding) => `  - ${finding}`),
    ]);
    process.stdout.write(lines.length === 0 ? "no difference\n" : `${lines.join("\n")}\n`);
  }
  return 0;
}

/** `towpath runs prune`: removes the record of old runs; evidence, facts and sessions stay. */
export async function pruneRuns(flags: { readonly keep: string }, options: GlobalOptions): Promise<number> {
  const keep = countOf(flags.keep, "--keep");
  const root = dirname((await findConfig(options)).path);
  const engine = await openEngine(root, true);
  try {
    const removed = await prune(root, engine.journal, keep);
    if (!printDocument(options.reporter, "pruned", { removed }))
      process.stdout.write(`${removed.length} runs were removed\n`);
  } finally {
    engine.close();
  }
  return 0;
}

function summaryOf({ id, plan, status, exit, startedAt, wait }: RunRow): {
  readonly run: string;
  readonly kind: string;
  readonly components: readonly string[];
  readonly target: string;
  readonly status: string;
  readonly exit?: number;
  readonly startedAt: string;
  readonly wait?: RunRow["wait"];
} {
  return {
    run: id,
    kind: plan.kind,
    components: plan.components.map(({ name }) => name),
    target: plan.target,
    status,
    ...(exit === undefined ? {} : { exit }),
    startedAt: new Date(startedAt).toISOString(),
    ...(wait === undefined ? {} : { wait }),
  };
}

function detailsOf(
  journal: Journal,
  id: string,
): {
  readonly run: ReturnType<typeof summaryOf>;
  readonly steps: readonly {
    readonly id: string;
    readonly effect: string;
    readonly state: string;
    readonly attempt: number;
    readonly outcome?: string;
  }[];
  readonly broken?: string;
} {
  const row = journal.run(id);
  if (!row)
    throw new TowpathError("TP6003", { message: `there is no run ${id}`, fix: ["towpath runs list"] });
  const broken = journal.brokenEvents(id);
  const steps = journal.steps(id).filter(({ effect }) => effect !== "time");
  return {
    run: summaryOf(row),
    steps: steps.map(({ id: step, effect, state, attempt, outcome, why }) => {
      const said = outcome?.ok === false ? outcome.error.message : (why ?? undefined);
      return { id: step, effect, state, attempt, ...(said === undefined ? {} : { outcome: said }) };
    }),
    ...(broken === undefined ? {} : { broken: `the record is not whole: ${broken}` }),
  };
}

interface GateDifference {
  readonly gate: string;
  readonly component: string;
  readonly from: string;
  readonly to: string;
  /** Inputs whose digests differ. */
  readonly changed: readonly string[];
  readonly fresh: readonly string[];
  readonly fixed: readonly string[];
}

function compare(before: RunReport, after: RunReport): readonly GateDifference[] {
  const key = ({ gate, component }: GateResult): string => `${gate}\n${component}`;
  const old = new Map(allResults(before).map((result) => [key(result), result]));
  const now = new Map(allResults(after).map((result) => [key(result), result]));
  const differences = [...new Set([...old.keys(), ...now.keys()])].map((name): GateDifference => {
    const [gate = "", component = ""] = name.split("\n");
    const was = old.get(name);
    const is = now.get(name);
    return {
      gate,
      component,
      from: was?.verdict ?? "not run",
      to: is?.verdict ?? "not run",
      changed: was === undefined || is === undefined ? [] : changedInputs(was, is),
      fresh: lacking(is, was),
      fixed: lacking(was, is),
    };
  });
  return differences.filter(
    ({ from, to, changed, fresh, fixed }) => from !== to || changed.length + fresh.length + fixed.length > 0,
  );
}

function changedInputs(was: GateResult, is: GateResult): readonly string[] {
  const keys = Object.keys(is.inputs) as (keyof GateResult["inputs"])[];
  const tool = was.tool?.version === is.tool?.version ? [] : ["tool version"];
  return [...keys.filter((name) => was.inputs[name] !== is.inputs[name]), ...tool];
}

/** Findings of one result that the other does not have. */
function lacking(one: GateResult | undefined, other: GateResult | undefined): readonly string[] {
  const known = new Set(other?.findings.map(({ fingerprint }) => fingerprint));
  return (one?.findings ?? [])
    .filter(({ fingerprint }) => !known.has(fingerprint))
    .map(({ rule, file, message }) => `${file ?? ""} ${rule} ${message.split("\n", 1)[0] ?? ""}`.trim());
}

function countOf(text: string, flag: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new TowpathError("TP1001", {
    message: `${flag} must be a whole number, not ${JSON.stringify(text)}`,
  });
}
