import { closedCircuit, request, settle, type Circuit } from "./circuit.ts";
import { digestOf } from "./canonical.ts";
import { TowpathError } from "./errors.ts";
import { append, emptyLog, isWhole, type Log } from "./evidence.ts";
import type { Change, Journal, RunRow, StepRow, StoredEvent } from "./journal.ts";
import type { Sample } from "./records.ts";
import type { GateResult } from "./result.ts";
import type { Message } from "./session.ts";

const isOpen = ({ status }: RunRow): boolean => status !== "closed" && status !== "superseded";

/** A journal that lives as long as its process: for checks on a read-only tree, and for tests. */
export function memoryJournal(): Journal {
  const runs = new Map<string, RunRow>();
  const steps = new Map<string, Map<string, StepRow>>();
  const events: StoredEvent[] = [];
  let position = 0;
  const evidence = new Map<string, Log>();
  const facts = new Map<string, Log>();
  const messages = new Map<string, Message[]>();
  const samples: Sample[] = [];
  const breakers = new Map<string, Circuit>();
  const cursors = new Map<string, number>();
  const ranIn = new Map<string, string>();

  const addEvent = ({ run, event }: NonNullable<Change["events"]>[number]): void => {
    const last = events.findLast((stored) => stored.run === run);
    const seq = (last?.seq ?? 0) + 1;
    const sha = digestOf({ prev: last?.sha ?? "", seq, event });
    // Never used again, also when runs are removed: sinks go on from the last one they have seen.
    position += 1;
    events.push({ position, run, seq, event, sha });
  };
  const update = ({ run, wait, ...rest }: NonNullable<Change["update"]>): void => {
    const before = runs.get(run);
    if (!before) throw new TowpathError("TP6003", { message: `there is no run ${run}` });
    const { wait: waited, ...row } = before;
    const kept = wait === undefined ? waited : wait;
    runs.set(run, { ...row, ...rest, ...(kept === undefined || kept === null ? {} : { wait: kept }) });
  };

  return {
    commit(change) {
      const { fence } = change;
      const owner = fence === undefined ? undefined : runs.get(fence.run);
      if (fence !== undefined && owner !== undefined && owner.epoch > fence.epoch) {
        throw new TowpathError("TP6107", { message: `another process took over the run ${fence.run}` });
      }
      if (change.begin) runs.set(change.begin.id, change.begin);
      if (change.update) update(change.update);
      for (const { run, step } of change.steps ?? []) {
        const rows = steps.get(run) ?? new Map<string, StepRow>();
        steps.set(run, rows.set(step.id, structuredClone(step)));
      }
      for (const result of change.evidence ?? []) {
        const log = append(evidence.get(result.component) ?? emptyLog, result);
        evidence.set(result.component, log);
        ranIn.set(`${result.component}/${log.head.seq}`, fence?.run ?? "");
      }
      for (const { component, fact } of change.facts ?? [])
        facts.set(component, append(facts.get(component) ?? emptyLog, fact));
      for (const { component, message } of change.messages ?? [])
        messages.set(component, [...(messages.get(component) ?? []), message]);
      for (const item of change.events ?? []) addEvent(item);
      samples.push(...(change.samples ?? []));
    },
    run: (id) => runs.get(id),
    runs({ component, open = false, limit = Infinity } = {}) {
      const wanted = [...runs.values()].filter(
        (row) =>
          (!open || isOpen(row)) &&
          (component === undefined || row.plan.components.some(({ name }) => name === component)),
      );
      return wanted.toReversed().slice(0, limit);
    },
    steps: (run) => [...(steps.get(run)?.values() ?? [])],
    events: ({ run, after = 0, limit = Infinity }) =>
      events
        .filter((stored) => stored.position > after && (run === undefined || stored.run === run))
        .slice(0, limit),
    brokenEvents(run) {
      let prev = { seq: 0, sha: "" };
      for (const stored of events.filter((one) => one.run === run)) {
        const { seq, event, sha } = stored;
        if (seq !== prev.seq + 1 || sha !== digestOf({ prev: prev.sha, seq, event }))
          return `event ${prev.seq + 1} is missing or was edited`;
        prev = stored;
      }
      return undefined;
    },
    evidence: (component) => evidence.get(component) ?? emptyLog,
    latest(component, gate) {
      const entry = evidence
        .get(component)
        ?.entries.findLast(({ body }) => (JSON.parse(body) as GateResult).gate === gate);
      if (entry === undefined || !isWhole(entry)) return undefined;
      return {
        result: JSON.parse(entry.body) as GateResult,
        run: ranIn.get(`${component}/${entry.seq}`) ?? "",
      };
    },
    facts: (component) => facts.get(component) ?? emptyLog,
    messages: (component, run) =>
      (messages.get(component) ?? []).filter((message) => run === undefined || message.run === run),
    samples(component, { environment, digest, from = 0 }) {
      const at = new Map<number, Sample>();
      for (const sample of samples) {
        const fits =
          sample.component === component && sample.environment === environment && sample.digest === digest;
        if (fits && sample.t >= from) at.set(sample.t, sample);
      }
      return [...at.values()].toSorted((a, b) => a.t - b.t);
    },
    allow(breaker, now) {
      const { allowed, circuit } = request(breakers.get(breaker) ?? closedCircuit, now);
      breakers.set(breaker, circuit);
      return allowed;
    },
    settle(breaker, success, now) {
      breakers.set(breaker, settle(breakers.get(breaker) ?? closedCircuit, success, now));
    },
    cursor: (sink) => cursors.get(sink) ?? 0,
    advance: (sink, taken) => void cursors.set(sink, taken),
    prune(ids) {
      for (const id of ids) {
        runs.delete(id);
        steps.delete(id);
      }
      const kept = events.filter(({ run }) => !ids.includes(run));
      events.length = 0;
      events.push(...kept);
    },
    close: () => undefined,
  };
}
