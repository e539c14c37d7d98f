import { isSlow, workflowStatistics, type GateRecord } from "@towpath/history";
import type { JSX } from "preact";
import type { RunView } from "../model.ts";
import { Bars, TimeLine, type Piece } from "./charts.tsx";
import { Nothing, Section, Status, Table } from "./parts.tsx";
import { addressOf } from "./routes.ts";
import { stateOf } from "./run-state.ts";
import { clock, runs } from "./store.ts";
import { count, duration, percent, title } from "./words.ts";

/** Where time goes. */
export function Performance(): JSX.Element {
  const run = runs.value.findLast(({ status }) => status === "running") ?? runs.value.at(-1);
  return (
    <>
      <h1>Performance</h1>
      {run === undefined ? (
        <Nothing>No run is on record yet.</Nothing>
      ) : (
        <>
          <Bottleneck />
          <Section title={`The last run, ${run.run}`}>
            <Waterfall run={run} />
          </Section>
          <RunTimes />
          <Stages />
        </>
      )}
    </>
  );
}

function Bottleneck(): JSX.Element {
  const { bottleneck, stages, trend, successRate, p50Ms } = workflowStatistics(runs.value);
  const slowest = stages.find(({ stage }) => stage === bottleneck);
  return (
    <p class="lead">
      {slowest === undefined
        ? "No stage has ended yet."
        : `Bottleneck: ${title(slowest.stage)}, ${percent(slowest.share)} of the time of all stages (p50 ${duration(slowest.p50Ms)}).`}
      {p50Ms !== undefined && ` Half of the runs that pass take ${duration(p50Ms)} or less.`}
      {successRate !== undefined && ` ${percent(successRate)} of the runs passed.`}
      {trend !== undefined &&
        trend > 1.1 &&
        ` The newer half takes ${percent(trend - 1)} longer than the older one.`}
      {trend !== undefined &&
        trend < 0.9 &&
        ` The newer half takes ${percent(1 - trend)} less than the older one.`}
    </p>
  );
}

interface Line {
  readonly key: string;
  readonly label: string;
  /** How deep it stands. */
  readonly depth: 0 | 1;
  readonly pieces: readonly Piece[];
  readonly ms: number;
  readonly state: string;
  readonly note: string;
}

/** What a run did when: stages, gates with every attempt and the time between them, and other work. */
export function Waterfall({ run }: { readonly run: RunView }): JSX.Element {
  const lines = run.stages.flatMap((stage, index) => linesOf(run, stage, index));
  const end = Math.max(
    1,
    ...lines.flatMap(({ pieces }) => pieces.map(({ from, durationMs }) => from + durationMs)),
  );
  if (lines.length === 0) return <Nothing>No stage has begun yet.</Nothing>;
  return (
    <Table
      caption={`What run ${run.run} did when`}
      hidden
      columns={[
        { title: "Step" },
        { title: `Time line, ${duration(end)} in all` },
        { title: "Took", figures: true },
        { title: "State" },
        { title: "Note" },
      ]}
    >
      {lines.map(({ key, label, depth, pieces, ms, state, note }, index) => (
        <tr key={key} class={depth === 0 ? "stage" : ""}>
          <th scope="row" class={depth === 0 ? "" : "inner"}>
            {label}
          </th>
          <td class="timeline">
            <TimeLine pieces={pieces} wholeMs={end} id={`${index}`} />
          </td>
          <td class="figures">{duration(ms)}</td>
          <td>
            <Status state={state} />
          </td>
          <td>{note}</td>
        </tr>
      ))}
    </Table>
  );
}

function linesOf(run: RunView, stage: RunView["stages"][number], index: number): readonly Line[] {
  const ms =
    stage.status === "running" && run.status === "running"
      ? Math.max(stage.durationMs, clock.value - stage.startedAt)
      : stage.durationMs;
  const from = stage.startedAt - run.startedAt;
  const past = timesOf(run, (other) =>
    other.stages
      .filter((one) => one.stage === stage.stage && one.status === "passed")
      .map((one) => one.durationMs),
  );
  const status = stage.status === "running" && run.status !== "running" ? "paused" : stage.status;
  const head: Line = {
    key: `${stage.stage}${index}`,
    label: title(stage.stage),
    depth: 0,
    pieces: [
      {
        from,
        durationMs: ms,
        look: stage.status === "stopped" ? "failed" : stage.status === "running" ? "running" : "plain",
        text: duration(ms),
      },
    ],
    ms,
    state: status,
    note: [
      ...(isSlow(ms, past) ? ["slow: longer than 95 of 100 before"] : []),
      ...(stage.retries > 0 ? [`${count(stage.retries, "attempt")} more after breakage`] : []),
    ].join("; "),
  };
  const names = [...new Set(stage.gates.map(({ gate }) => gate))];
  const inStage = (at: number): boolean => at >= stage.startedAt && at <= stage.startedAt + Math.max(ms, 1);
  const work = run.work
    .filter((one) => one.stage === stage.stage && one.durationMs > 0)
    .map((one): Line => ({
      key: `${stage.stage}${index}/${one.kind}${one.startedAt}${one.label}`,
      label: one.label,
      depth: 1,
      pieces: [
        {
          from: one.startedAt - run.startedAt,
          durationMs: one.durationMs,
          look: one.ok ? "plain" : "failed",
          text: one.detail,
        },
      ],
      ms: one.durationMs,
      state: one.ok ? "passed" : "failed",
      note: one.detail,
    }));
  const gates = names.map((gate) =>
    gateLine(
      run,
      gate,
      stage.gates.filter((one) => one.gate === gate),
      run.pauses.filter((pause) => pause.gate === gate && inStage(pause.at)),
      `${stage.stage}${index}/${gate}`,
    ),
  );
  const running = run.running
    .filter(({ startedAt }) => status === "running" && inStage(startedAt))
    .map(({ gate, startedAt, attempt }): Line => {
      const sofar = Math.max(0, clock.value - startedAt);
      return {
        key: `${stage.stage}${index}/running/${gate}`,
        label: gate,
        depth: 1,
        pieces: [{ from: startedAt - run.startedAt, durationMs: sofar, look: "running", text: "running" }],
        ms: sofar,
        state: "running",
        note: attempt > 1 ? `attempt ${attempt}` : "",
      };
    });
  return [head, ...work, ...gates, ...running];
}

function gateLine(
  run: RunView,
  gate: string,
  attempts: readonly GateRecord[],
  pauses: RunView["pauses"],
  key: string,
): Line {
  const past = timesOf(run, (other) =>
    other.stages
      .flatMap((one) => one.gates)
      .filter((one) => one.gate === gate && !one.cached)
      .map((one) => one.durationMs),
  );
  const ms = attempts.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const last = attempts.at(-1);
  const bad = (verdict: string): boolean => verdict === "failed" || verdict === "errored";
  return {
    key,
    label: gate,
    depth: 1,
    pieces: [
      ...attempts
        .filter(({ cached }) => !cached)
        .map(({ startedAt, durationMs, verdict, attempt }): Piece => ({
          from: startedAt - run.startedAt,
          durationMs,
          look: bad(verdict) ? "failed" : "plain",
          text: `attempt ${attempt}: ${verdict}, ${duration(durationMs)}`,
        })),
      ...pauses.map(({ at, durationMs, reason }): Piece => ({
        from: at - run.startedAt,
        durationMs,
        look: "waiting",
        text: `waited ${duration(durationMs)}: ${reason}`,
      })),
    ],
    ms,
    state: last?.verdict ?? "pending",
    note: [
      ...(last?.cached === true ? ["on record already"] : []),
      ...(attempts.some((one) => one.attempt > 1)
        ? [attempts.map(({ attempt, verdict }) => `attempt ${attempt} ${verdict}`).join(", ")]
        : []),
      ...pauses.map(({ durationMs }) => `waited ${duration(durationMs)}`),
      ...(last !== undefined && !last.cached && isSlow(last.durationMs, past) ? ["slow"] : []),
    ].join("; "),
  };
}

function timesOf(run: RunView, of: (run: RunView) => readonly number[]): readonly number[] {
  return runs.value.filter((other) => other.run !== run.run).flatMap(of);
}

function RunTimes(): JSX.Element {
  const last = runs.value.filter(({ status }) => status === "closed").slice(-40);
  if (last.length === 0) return <></>;
  return (
    <Section title="Run times">
      <Bars
        title={`The last ${count(last.length, "run")} that ended`}
        unit="Time"
        bars={last.map((run) => ({
          label: run.run,
          value: run.durationMs,
          text: duration(run.durationMs),
          hatched: run.exit !== 0,
          state: stateOf(run),
        }))}
      />
    </Section>
  );
}

function Stages(): JSX.Element {
  const { stages } = workflowStatistics(runs.value);
  if (stages.length === 0) return <></>;
  return (
    <Section title="Stages">
      <Table
        caption={`Stages over ${count(runs.value.length, "run")}`}
        hidden
        columns={[
          { title: "Stage" },
          { title: "Ended", figures: true },
          { title: "Passed", figures: true },
          { title: "p50", figures: true },
          { title: "p90", figures: true },
          { title: "Share", figures: true },
          { title: "Tried again", figures: true },
          { title: "Breakage" },
        ]}
      >
        {stages.map((stage) => (
          <tr key={stage.stage}>
            <th scope="row">
              <a href={`${addressOf("runs")}?q=stage:${stage.stage}`}>{title(stage.stage)}</a>
            </th>
            <td class="figures">{stage.count}</td>
            <td class="figures">{percent(stage.successRate)}</td>
            <td class="figures">{duration(stage.p50Ms)}</td>
            <td class="figures">{duration(stage.p90Ms)}</td>
            <td class="figures">{percent(stage.share)}</td>
            <td class="figures">{stage.retries}</td>
            <td>{stage.errorKinds.map(({ kind, count: times }) => `${kind} ×${times}`).join(", ") || "–"}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}
