import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { FindingView, OutcomeView, RunView } from "../model.ts";
import { parseFilter } from "./filter.ts";
import { FindingTable } from "./gate.tsx";
import { RunNow, RunTable } from "./overview.tsx";
import { Filter, Nothing, Row, Section, Status, Table, Time } from "./parts.tsx";
import { Waterfall } from "./performance.tsx";
import { addressOf } from "./routes.ts";
import { stateOf } from "./run-state.ts";
import { model, route, runs } from "./store.ts";
import { count, when } from "./words.ts";

/** All runs, and two of them to compare. */
export function Runs(): JSX.Element {
  const fits = parseFilter(route.value.filter);
  const all = runs.value.toReversed();
  const shown = all.filter((run) => fits(fieldsOf(run)));
  const older = model.value?.older;
  return (
    <>
      <h1>Runs</h1>
      {all.length === 0 ? (
        <Nothing>No run is on record yet.</Nothing>
      ) : (
        <>
          <Compare list={all} />
          <Filter
            example="s:failed t:staging c:shop gate:lint"
            shown={shown.length}
            all={all.length}
            what="runs"
          />
          <RunTable caption="Runs, the newest first" list={shown} />
        </>
      )}
      {older !== undefined && (
        <p>
          {count(older.count, "older run")} from {when(older.from)} to {when(older.to)}; {older.passed} of
          them passed.
        </p>
      )}
    </>
  );
}

function fieldsOf(run: RunView): Readonly<Record<string, readonly string[]>> {
  return {
    run: [run.run],
    status: [stateOf(run), run.status],
    component: run.components,
    target: [run.target],
    kind: [run.kind],
    gate: run.outcomes.map(({ gate }) => gate),
    stage: run.stages.map(({ stage }) => stage),
    reason: run.stages.flatMap(({ gates }) => gates.flatMap(({ reasons }) => reasons)),
  };
}

function Compare({ list }: { readonly list: readonly RunView[] }): JSX.Element {
  const [last] = list;
  const alike = list.find(
    (run) =>
      run !== last && run.target === last?.target && run.components.join(" ") === last.components.join(" "),
  );
  const before = useSignal((alike ?? list[1] ?? last)?.run ?? "");
  const after = useSignal(last?.run ?? "");
  const choose = (label: string, chosen: typeof before): JSX.Element => (
    <label>
      {label}{" "}
      <select value={chosen.value} onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}>
        {list.map((run) => (
          <option key={run.run} value={run.run}>
            {run.run} · {stateOf(run)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form
      class="compare"
      onSubmit={(event) => {
        event.preventDefault();
        location.hash = addressOf("runs", before.value, "diff", after.value);
      }}
    >
      {choose("Compare", before)} {choose("with", after)} <button type="submit">Compare</button>
    </form>
  );
}

/** One run. */
export function Run({ id }: { readonly id: string }): JSX.Element {
  const run = model.value?.runs.find((one) => one.run === id);
  return (
    <>
      <h1>Run {id}</h1>
      <p>
        <a href={addressOf("runs")}>All runs</a>
      </p>
      {run === undefined ? (
        <Nothing>This run is not on record, or too old to be shown.</Nothing>
      ) : (
        <>
          <RunNow run={run} />
          <Section title="What it did when">
            <Waterfall run={run} />
          </Section>
          <Section title="Gates">
            <Table
              caption={`Gates of run ${id}`}
              hidden
              columns={[
                { title: "Gate" },
                { title: "Stage" },
                { title: "State" },
                { title: "Findings", figures: true },
                { title: "Why" },
              ]}
            >
              {run.outcomes.map((outcome) => (
                <Row key={`${outcome.gate}/${outcome.component}`}>
                  <th scope="row">
                    <a href={addressOf("gates", outcome.gate)}>{outcome.gate}</a>{" "}
                    <span class="dim">{outcome.component}</span>
                  </th>
                  <td>{outcome.stage}</td>
                  <td>
                    <Status state={outcome.verdict} />
                    {!outcome.required && <span class="dim"> optional</span>}
                  </td>
                  <td class="figures">{outcome.found}</td>
                  <td>{outcome.message ?? ""}</td>
                </Row>
              ))}
            </Table>
          </Section>
        </>
      )}
    </>
  );
}

/** What one run found that another did not. */
export function Diff({ before, after }: { readonly before: string; readonly after: string }): JSX.Element {
  const [one, two] = [before, after].map((id) => model.value?.runs.find(({ run }) => run === id));
  return (
    <>
      <h1>What changed</h1>
      <p>
        <a href={addressOf("runs")}>All runs</a>
      </p>
      {one === undefined || two === undefined ? (
        <Nothing>One of these runs is not on record, or too old to be shown.</Nothing>
      ) : (
        <Difference before={one} after={two} />
      )}
    </>
  );
}

function Difference({ before, after }: { readonly before: RunView; readonly after: RunView }): JSX.Element {
  const found = new Map((model.value?.findings ?? []).map((finding) => [finding.id, finding]));
  const [then, now] = [before, after].map((run) => new Set(run.outcomes.flatMap(({ findings }) => findings)));
  const both = new Set(keysOf(before).filter((key) => keysOf(after).includes(key)));
  // What a gate did not look at in one of the runs is neither new nor fixed.
  const compared = (outcome: OutcomeView): boolean => both.has(keyOf(outcome));
  const of = (run: RunView, wanted: (id: string) => boolean): readonly FindingView[] =>
    run.outcomes
      .filter(compared)
      .flatMap(({ findings }) => findings)
      .filter(wanted)
      .flatMap((id) => found.get(id) ?? []);
  const cut = [before, after].some(({ outcomes }) =>
    outcomes.filter(compared).some(({ findings, found: all }) => all > findings.length),
  );
  const parts = [
    ["New", of(after, (id) => !then?.has(id))],
    ["Fixed", of(before, (id) => !now?.has(id))],
    ["Still there", of(after, (id) => then?.has(id) ?? false)],
  ] as const;
  return (
    <>
      <p>
        From <a href={addressOf("runs", before.run)}>{before.run}</a> (<Time ms={before.startedAt} />) to{" "}
        <a href={addressOf("runs", after.run)}>{after.run}</a> (<Time ms={after.startedAt} />
        ): {parts.map(([title, list]) => `${list.length} ${title.toLowerCase()}`).join(", ")}.
      </p>
      {cut && <p>Of some gates only the first 200 findings of a run are compared.</p>}
      {both.size === 0 && <p>No gate looked at the same component in both runs.</p>}
      {parts.map(([title, list]) => (
        <Section key={title} title={`${title}: ${list.length}`}>
          {list.length === 0 ? <Nothing>Nothing.</Nothing> : <FindingTable caption={title} findings={list} />}
        </Section>
      ))}
      <Section title="Verdicts">
        <Table
          caption="Verdicts of both runs"
          hidden
          columns={[{ title: "Gate" }, { title: "Before" }, { title: "After" }]}
        >
          {[...new Set([before, after].flatMap(({ outcomes }) => outcomes.map(keyOf)))].map((key) => {
            const [gate = "", component] = key.split("\n");
            return (
              <Row key={key}>
                <th scope="row">
                  <a href={addressOf("gates", gate)}>{gate}</a> <span class="dim">{component}</span>
                </th>
                <td>
                  <Status state={verdictIn(before, key)} />
                </td>
                <td>
                  <Status state={verdictIn(after, key)} />
                </td>
              </Row>
            );
          })}
        </Table>
      </Section>
    </>
  );
}

function keyOf({ gate, component }: OutcomeView): string {
  return `${gate}\n${component}`;
}

function keysOf(run: RunView): readonly string[] {
  return run.outcomes.filter(({ verdict }) => verdict !== "errored" && verdict !== "skipped").map(keyOf);
}

function verdictIn(run: RunView, key: string): string {
  return run.outcomes.find((outcome) => keyOf(outcome) === key)?.verdict ?? "missing";
}
