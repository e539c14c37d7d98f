import { TowpathError, type Change } from "@towpath/core";
import { chainWriter, lastPosition } from "./chains.ts";
import { integer, seal, type Statements } from "./rows.ts";
import { beginRun, updateRun } from "./runs.ts";

/** After the last event, and after the last one that was ever removed: readers go on from a position. */
const insertEvent = `insert into event (position, run, seq, prev, sha, body)
  values (${lastPosition} + 1, ?, ?, ?, ?, ?)`;

/**
 * Writes all of a change. Only inside of a transaction.
 * @throws {TowpathError} TP6107 when somebody took the run over, TP6003 when there is no such run
 */
export function writeChange(sql: Statements, change: Change): void {
  if (change.fence !== undefined) checkFence(sql, change.fence);
  if (change.begin !== undefined) beginRun(sql, change.begin);
  if (change.update !== undefined) updateRun(sql, change.update);
  for (const { run, step } of change.steps ?? []) {
    const body = JSON.stringify(step);
    sql(
      `insert into step (run, id, body, sha) values (?, ?, ?, ?)
       on conflict (run, id) do update set body = excluded.body, sha = excluded.sha`,
    ).run(run, step.id, body, seal(run, step.id, body));
  }
  const chains = chainWriter(sql);
  for (const result of change.evidence ?? []) {
    const { component, gate } = result;
    const { seq, prev, sha, body } = chains.next("evidence", component, result);
    sql("insert into evidence (component, seq, prev, sha, body, gate, run) values (?, ?, ?, ?, ?, ?, ?)").run(
      component,
      seq,
      prev,
      sha,
      body,
      gate,
      change.fence?.run ?? "",
    );
  }
  for (const { component, fact } of change.facts ?? []) {
    const { seq, prev, sha, body } = chains.next("fact", component, fact);
    sql("insert into fact (component, seq, prev, sha, body) values (?, ?, ?, ?, ?)").run(
      component,
      seq,
      prev,
      sha,
      body,
    );
  }
  for (const { component, message } of change.messages ?? []) {
    const body = JSON.stringify(message);
    sql("insert into message (component, run, body, sha) values (?, ?, ?, ?)").run(
      component,
      message.run ?? "",
      body,
      seal(component, body),
    );
  }
  for (const { run, event } of change.events ?? []) {
    const { seq, prev, sha, body } = chains.next("event", run, event);
    sql(insertEvent).run(run, seq, prev, sha, body);
  }
  chains.finish();
  for (const sample of change.samples ?? []) {
    const { component, environment, digest, t } = sample;
    const body = JSON.stringify(sample);
    sql("insert or replace into sample values (?, ?, ?, ?, ?, ?)").run(
      component,
      environment,
      digest,
      t,
      body,
      seal(component, body),
    );
  }
}

/** What a change is about, in a few words. */
export function describeChange(change: Change): string {
  const { begin, update, steps = [], ...rest } = change;
  const words = [
    ...(begin === undefined ? [] : [`begin ${begin.id}`]),
    ...(update === undefined ? [] : [`update ${update.run} ${update.status ?? ""}`.trimEnd()]),
    ...steps.map(({ step }) => `step ${step.id} ${step.state}`),
    ...(["evidence", "facts", "messages", "events", "samples"] as const).filter(
      (kind) => (rest[kind] ?? []).length > 0,
    ),
  ];
  return words.join(", ");
}

function checkFence(sql: Statements, { run, epoch }: NonNullable<Change["fence"]>): void {
  const row = sql("select epoch from run where id = ?").get(run);
  if (row === undefined) return;
  const owner = integer(row, "epoch");
  if (owner <= epoch) return;
  throw new TowpathError("TP6107", {
    message: `another process took the run ${run} over: its epoch is ${owner}, this process has ${epoch}`,
  });
}
