import type { JSX } from "preact";
import type { OutcomeView, ResultView, RunView } from "../model.ts";
import { Command, Copy, glyphOf, Nothing, Row, Section, Status, Table, Time, toneOf } from "./parts.tsx";
import { checkCommand, promptFor } from "./prompt.ts";
import { addressOf } from "./routes.ts";
import { blockersOf, leftOf, passedSentence, stagesOf, stateOf, tookMs } from "./run-state.ts";
import { clock, model, runs } from "./store.ts";
import { count, duration, figure, operatorSign, title } from "./words.ts";

/** Where it is, what blocks it, when it is done. */
export function Overview(): JSX.Element {
  const run = runs.value.findLast(({ status }) => status === "running") ?? runs.value.at(-1);
  return (
    <>
      <h1>Overview</h1>
      {run === undefined ? (
        <Nothing>
          No run is on record yet. Begin with <Command text="towpath check" />
        </Nothing>
      ) : (
        <RunNow run={run} />
      )}
      {runs.value.length > 0 && <Recent />}
    </>
  );
}

/** How a run stands: its verdict, its stages, what blocks it and what to do. */
export function RunNow({ run }: { readonly run: RunView }): JSX.Element {
  const blockers = blockersOf(run);
  const sessions = (model.value?.sessions ?? []).filter(({ component }) =>
    run.components.includes(component),
  );
  const session =
    sessions.findLast(({ messages }) => messages.some((message) => message.run === run.run)) ??
    sessions.at(-1);
  return (
    <>
      <Banner run={run} blockers={blockers} />
      <StageTrack run={run} />
      <Progress run={run} />
      {blockers.length > 0 && (
        <Section title="What blocks promotion">
          <Blockers run={run} blockers={blockers} />
        </Section>
      )}
      {run.next.length > 0 && (
        <Section title="Next">
          <ul class="plain">
            {run.next.map((step) => (
              <li key={step}>
                <Command text={step} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {run.warnings.length > 0 && (
        <Section title="Warnings">
          <ul>
            {run.warnings.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Section>
      )}
      {session !== undefined && (
        <p>
          Session <a href={addressOf("context", session.component, session.id)}>{session.id}</a> (
          {count(session.messages.length, "message")})
        </p>
      )}
    </>
  );
}

/** A run that says nothing for so long, in milliseconds, may have no process any more; nobody wrote that down. */
const longQuietMs = 600_000;

function Banner({
  run,
  blockers,
}: {
  readonly run: RunView;
  readonly blockers: readonly OutcomeView[];
}): JSX.Element {
  const state = stateOf(run);
  const quietMs = clock.value - run.lastAt;
  return (
    <div class={`banner ${toneOf(state)}`}>
      <p class="verdict">
        <span class="glyph" aria-hidden="true">
          {glyphOf(state)}
        </span>{" "}
        {sentenceOf(run, state, blockers)}
      </p>
      <p>
        {run.components.join(", ")} → {run.target} · {run.kind}{" "}
        <a href={addressOf("runs", run.run)}>{run.run}</a> · <Time ms={run.startedAt} /> ·{" "}
        {duration(tookMs(run, clock.value))}
        {run.spec !== undefined && (
          <>
            {" "}
            · specification <code>{run.spec}</code>
          </>
        )}
      </p>
      {state === "running" && quietMs > longQuietMs && (
        <p>
          Nothing was written for {duration(quietMs)}. If no process works on it, it was interrupted:{" "}
          <Command text={`towpath resume ${run.run}`} />
        </p>
      )}
    </div>
  );
}

function sentenceOf(run: RunView, state: string, blockers: readonly OutcomeView[]): string {
  const of = (verdict: string): number => blockers.filter((blocker) => blocker.verdict === verdict).length;
  const parts = [
    [of("failed"), "failed"],
    [of("errored"), "could not run"],
    [of("inconclusive"), "has no answer yet"],
  ]
    .filter(([number]) => number !== 0)
    .map(([number, what]) => `${count(Number(number), "gate")} ${what}`);
  const why = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
  switch (state) {
    case "passed":
      return passedSentence(run);
    case "running":
      return `Running${why}`;
    case "waiting":
      return `Waiting${run.wait === undefined ? why : ` for ${run.wait.for}`}`;
    case "failed":
      return `Not ready for ${run.target}${why}`;
    case "superseded":
      return "Another run took its place";
    case "unknown":
      return "An operator must look: nobody knows whether a deploy was done";
    case "stopped":
    case "halted":
      return `Not decided: the run was ${state}`;
    default:
      return `Not decided${why}${run.exit === undefined ? "" : ` (exit code ${run.exit})`}`;
  }
}

function StageTrack({ run }: { readonly run: RunView }): JSX.Element {
  const stages = stagesOf(run, runs.value);
  return (
    <ol class="track" aria-label="Stages">
      {stages.map(({ stage, status, record, slow }) => (
        <li key={stage} class={toneOf(status)}>
          <strong>{title(stage)}</strong>
          <Status state={status} />
          {record !== undefined && (
            <span class="dim">
              {duration(
                status === "running"
                  ? Math.max(record.durationMs, clock.value - record.startedAt)
                  : record.durationMs,
              )}
              {record.retries > 0 && ` · ↻ ${record.retries} again`}
              {slow && " · slow"}
            </span>
          )}
          {record?.reason !== undefined && <span class="dim">{record.reason}</span>}
          {status === "running" && run.running.length > 0 && (
            <span class="dim">{run.running.map(({ gate }) => gate).join(", ")}</span>
          )}
        </li>
      ))}
    </ol>
  );
}

function Progress({ run }: { readonly run: RunView }): JSX.Element {
  const stages = stagesOf(run, []);
  const done = stages.filter(({ status }) => status === "passed" || status === "skipped").length;
  const left = leftOf(run, runs.value, clock.value);
  return (
    <p class="progress">
      <progress max={Math.max(1, stages.length)} value={done} aria-label="Stages that are done" />{" "}
      <span>
        {done} of {count(stages.length, "stage")} done
      </span>
      {left !== undefined && <span> · {left}</span>}
    </p>
  );
}

function Blockers({
  run,
  blockers,
}: {
  readonly run: RunView;
  readonly blockers: readonly OutcomeView[];
}): JSX.Element {
  return (
    <Table
      caption="Gates that keep the component from its target"
      hidden
      columns={[
        { title: "Gate" },
        { title: "State" },
        { title: "Actual / required" },
        { title: "Why" },
        { title: "Do" },
      ]}
    >
      {blockers.map((blocker) => {
        const result = resultFor(run, blocker);
        return (
          <Row key={`${blocker.gate}/${blocker.component}`}>
            <th scope="row">
              <a href={addressOf("gates", blocker.gate)}>{blocker.gate}</a>
              <span class="dim"> {blocker.component}</span>
            </th>
            <td>
              <Status
                state={blocker.verdict}
                word={blocker.verdict === "errored" ? "could not run" : blocker.verdict}
              />
            </td>
            <td>{result === undefined ? "–" : <Figures result={result} />}</td>
            <td>
              {blocker.message ?? (blocker.found > 0 ? count(blocker.found, "finding") : "")}
              {blocker.code !== undefined && <span class="dim"> {blocker.code}</span>}
            </td>
            <td class="buttons">
              {result !== undefined && <PromptButton result={result} />}
              <Copy
                text={
                  blocker.fix.find((step) => step.startsWith("towpath ")) ??
                  checkCommand({ ...blocker, target: run.target })
                }
                label="copy command"
                what={`command for ${blocker.gate}`}
              />
            </td>
          </Row>
        );
      })}
    </Table>
  );
}

/** A button that copies what an agent needs to mend a gate. */
export function PromptButton({ result }: { readonly result: ResultView }): JSX.Element {
  return (
    <Copy
      prompt
      label="copy prompt"
      what={`prompt for ${result.gate}`}
      text={() => {
        const wanted = new Set(result.findings);
        return promptFor(
          result,
          (model.value?.findings ?? []).filter(({ id }) => wanted.has(id)),
        );
      }}
    />
  );
}

/** Figures of a result against what is required, with where that was set. */
export function Figures({ result }: { readonly result: ResultView }): JSX.Element {
  if (result.measurements.length === 0) return <span>–</span>;
  return (
    <ul class="plain">
      {result.measurements.map(({ name, value, unit, operator, threshold, source }) => (
        <li key={name}>
          <span class="dim">{name}</span> <strong>{figure(value, unit)}</strong> / {operatorSign(operator)}{" "}
          {figure(threshold, unit)}
          <br />
          <small class="dim">{source}</small>
        </li>
      ))}
    </ul>
  );
}

function resultFor(run: RunView, { gate, component }: OutcomeView): ResultView | undefined {
  return model.value?.results.find(
    (result) =>
      result.gate === gate &&
      result.component === component &&
      result.target === run.target &&
      result.run === run.run,
  );
}

function Recent(): JSX.Element {
  const recent = runs.value.slice(-8).toReversed();
  return (
    <Section title="Recent runs">
      <RunTable caption="Recent runs" list={recent} />
    </Section>
  );
}

/** Runs as a table. */
export function RunTable({
  caption,
  list,
}: {
  readonly caption: string;
  readonly list: readonly RunView[];
}): JSX.Element {
  return (
    <Table
      caption={caption}
      hidden
      columns={[
        { title: "Run" },
        { title: "State" },
        { title: "Component → target" },
        { title: "Gates" },
        { title: "Begun" },
        { title: "Took", figures: true },
      ]}
    >
      {list.map((run) => (
        <Row key={run.run}>
          <th scope="row">
            <a href={addressOf("runs", run.run)}>{run.run}</a> <span class="dim">{run.kind}</span>
          </th>
          <td>
            <Status state={stateOf(run)} />
          </td>
          <td>
            {run.components.join(", ")} → {run.target}
          </td>
          <td>{countsOf(run)}</td>
          <td>
            <Time ms={run.startedAt} />
          </td>
          <td class="figures">{duration(tookMs(run, clock.value))}</td>
        </Row>
      ))}
    </Table>
  );
}

function countsOf(run: RunView): string {
  const order = ["failed", "errored", "inconclusive", "waived", "warned", "passed", "skipped"];
  const parts = order.flatMap((verdict) => {
    const number = run.outcomes.filter((outcome) => outcome.verdict === verdict).length;
    return number === 0 ? [] : [`${number} ${verdict}`];
  });
  return parts.join(", ") || "none yet";
}
