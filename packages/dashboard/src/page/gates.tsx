import { gateStatistics, type GateStatistics } from "@towpath/history";
import type { JSX } from "preact";
import type { ResultView } from "../model.ts";
import { Strip } from "./charts.tsx";
import { parseFilter } from "./filter.ts";
import { Figures } from "./overview.tsx";
import { Filter, glyphOf, Nothing, Row, Status, Table, toneOf } from "./parts.tsx";
import { addressOf } from "./routes.ts";
import { component, model, route, runs, target } from "./store.ts";
import { count, duration, percent } from "./words.ts";

interface GateRow {
  readonly statistics: GateStatistics;
  readonly results: readonly ResultView[];
}

/** Which gates are weak. */
export function Gates(): JSX.Element {
  const all = gateStatistics(runs.value).map((statistics): GateRow => ({
    statistics,
    results: resultsOf(statistics.gate),
  }));
  const fits = parseFilter(route.value.filter);
  const shown = all.filter(({ statistics, results }) =>
    fits({
      gate: [statistics.gate],
      status: statistics.verdicts.length === 0 ? [] : [statistics.verdicts.at(-1)?.verdict ?? ""],
      reason: statistics.reasons.map(({ reason }) => reason),
      component: results.map((result) => result.component),
      target: results.map((result) => result.target),
      kind: results.map(({ category }) => category),
    }),
  );
  return (
    <>
      <h1>Gates</h1>
      <Filter example="s:failed reason:F401 !k:testing" shown={shown.length} all={all.length} what="gates" />
      {all.length === 0 ? (
        <Nothing>No gate has run yet.</Nothing>
      ) : (
        <Table
          caption={`Gates over the last ${count(runs.value.length, "run")}`}
          columns={[
            { title: "Gate" },
            { title: "Now" },
            { title: "Actual / required" },
            { title: "Pass rate", figures: true },
            { title: "Last 20" },
            { title: "p50", figures: true },
            { title: "Top reasons" },
          ]}
        >
          {shown.map((row) => (
            <GateLine key={row.statistics.gate} {...row} />
          ))}
        </Table>
      )}
    </>
  );
}

function GateLine({ statistics, results }: GateRow): JSX.Element {
  const { gate, verdicts, passRate, p50Ms, reasons } = statistics;
  const now = verdicts.at(-1)?.verdict ?? "pending";
  const last = verdicts.slice(-20);
  const newest = results.toSorted((a, b) => b.startedAt - a.startedAt)[0];
  return (
    <Row>
      <th scope="row">
        <a href={addressOf("gates", gate)}>{gate}</a>
        <br />
        <small class="dim">{newest?.category}</small>
      </th>
      <td>
        <Status state={now} />
      </td>
      <td>{newest === undefined ? "–" : <Figures result={newest} />}</td>
      <td class="figures">{passRate === undefined ? "–" : percent(passRate)}</td>
      <td>
        <Strip
          text={`the last ${last.length}: ${last.filter(({ verdict }) => toneOf(verdict) !== "bad").length} did not fail`}
          signs={last.map(({ verdict }) => ({
            glyph: verdict === "passed" ? "·" : glyphOf(verdict),
            tone: toneOf(verdict),
          }))}
        />
      </td>
      <td class="figures">{p50Ms === undefined ? "–" : duration(p50Ms)}</td>
      <td>
        {reasons
          .slice(0, 3)
          .map(({ reason, count: times }) => `${reason} ×${times}`)
          .join(", ") || "–"}
      </td>
    </Row>
  );
}

/** The last results of a gate for what is looked at. */
export function resultsOf(gate: string): readonly ResultView[] {
  return (model.value?.results ?? []).filter(
    (result) =>
      result.gate === gate &&
      (component.value === "" || result.component === component.value) &&
      (target.value === "" || result.target === target.value),
  );
}
