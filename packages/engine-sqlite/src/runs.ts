import {
  TowpathError,
  type Change,
  type Plan,
  type RunQuery,
  type RunRow,
  type RunStatus,
  type Wait,
} from "@towpath/core";
import { keepPosition } from "./chains.ts";
import { integer, seal, text, type Row, type Statements } from "./rows.ts";
import { DamagedRow } from "./storage-error.ts";

const columns = "run.*, plan.body as plan, plan.sha as plan_sha";
/** Left joins: a lost row must show, not hide the run. */
const source = "run left join plan on plan.run = run.n";
const isOpen = "status not in ('closed', 'superseded')";
/** Named, as SQLite would read backwards through all runs there ever were. */
const openSource = "run indexed by run_open left join plan on plan.run = run.n";

/** A run, or `undefined` when there is none of that id. */
export function readRun(sql: Statements, id: string): RunRow | undefined {
  const row = sql(`select ${columns} from ${source} where run.id = ?`).get(id);
  return row === undefined ? undefined : toRun(row);
}

/** Runs, newest first. */
export function readRuns(sql: Statements, query: RunQuery): readonly RunRow[] {
  const limit = query.limit ?? -1;
  const [from, open] = query.open === true ? [openSource, isOpen] : [source, "true"];
  if (query.component === undefined)
    return sql(`select ${columns} from ${from} where ${open} order by n desc limit ?`).all(limit).map(toRun);
  return sql(
    `select ${columns} from run_component as c left join run on run.n = c.run left join plan on plan.run = run.n
     where c.component = ? and ${open} order by c.run desc limit ?`,
  )
    .all(query.component, limit)
    .map(toRun);
}

/** Writes down a run that begins. */
export function beginRun(sql: Statements, run: RunRow): void {
  const wait = run.wait === undefined ? null : JSON.stringify(run.wait);
  const { lastInsertRowid } = sql(
    "insert into run (id, started_at, epoch, status, exit, changed_at, wait, sha) values (?, ?, ?, ?, ?, ?, ?, ?)",
  ).run(
    run.id,
    run.startedAt,
    run.epoch,
    run.status,
    run.exit ?? null,
    run.changedAt,
    wait,
    sealOf(run, wait),
  );
  writePlan(sql, Number(lastInsertRowid), run.id, run.plan);
}

/**
 * Changes what a run says of itself.
 * @throws {TowpathError} TP6003 when there is none of that id
 */
export function updateRun(sql: Statements, { run: id, wait, ...rest }: NonNullable<Change["update"]>): void {
  const before = readRun(sql, id);
  if (before === undefined) throw new TowpathError("TP6003", { message: `there is no run ${id}` });
  const run = { ...before, ...rest };
  const kept = wait === undefined ? before.wait : wait;
  const waits = kept == null ? null : JSON.stringify(kept);
  sql("update run set epoch = ?, status = ?, exit = ?, changed_at = ?, wait = ?, sha = ? where id = ?").run(
    run.epoch,
    run.status,
    run.exit ?? null,
    run.changedAt,
    waits,
    sealOf(run, waits),
    id,
  );
}

/** Removes runs, their steps and events. */
export function pruneRuns(sql: Statements, ids: readonly string[]): void {
  keepPosition(sql);
  for (const id of ids) {
    sql("delete from event where run = ?").run(id);
    sql("delete from head where chain = 'event' and name = ?").run(id);
    sql("delete from step where run = ?").run(id);
    const row = sql("select n from run where id = ?").get(id);
    if (row === undefined) continue;
    forgetPlan(sql, integer(row, "n"));
    sql("delete from run where id = ?").run(id);
  }
}

function writePlan(sql: Statements, n: number, id: string, plan: Plan): void {
  const body = JSON.stringify(plan);
  sql("insert into plan values (?, ?, ?)").run(n, body, seal(id, body));
  for (const name of new Set(plan.components.map((component) => component.name)))
    sql("insert into run_component values (?, ?)").run(name, n);
}

function forgetPlan(sql: Statements, n: number): void {
  sql("delete from plan where run = ?").run(n);
  sql("delete from run_component where run = ?").run(n);
}

function sealOf(run: Omit<RunRow, "plan" | "wait">, wait: string | null): string {
  return seal(run.id, run.startedAt, run.epoch, run.status, run.exit, run.changedAt, wait);
}

function toRun(row: Row): RunRow {
  const wait = row["wait"] == null ? null : text(row, "wait");
  const plan = text(row, "plan");
  const run = {
    id: text(row, "id"),
    startedAt: integer(row, "started_at"),
    epoch: integer(row, "epoch"),
    status: text(row, "status") as RunStatus,
    changedAt: integer(row, "changed_at"),
    ...(row["exit"] == null ? {} : { exit: integer(row, "exit") }),
  };
  const whole = text(row, "sha") === sealOf(run, wait) && text(row, "plan_sha") === seal(run.id, plan);
  if (!whole) throw new DamagedRow(`the row of the run ${run.id} was changed`);
  return {
    ...run,
    plan: JSON.parse(plan) as Plan,
    ...(wait === null ? {} : { wait: JSON.parse(wait) as Wait }),
  };
}
