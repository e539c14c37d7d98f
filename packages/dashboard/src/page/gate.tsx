import { gateStatistics } from "@towpath/history";
import type { JSX } from "preact";
import type { FindingView, ResultView } from "../model.ts";
import { Trend } from "./charts.tsx";
import { parseFilter } from "./filter.ts";
import { resultsOf } from "./gates.tsx";
import { PromptButton } from "./overview.tsx";
import { Command, Filter, Nothing, Row, Section, Status, Table, Time } from "./parts.tsx";
import { checkCommand } from "./prompt.ts";
import { addressOf } from "./routes.ts";
import { model, route, runs } from "./store.ts";
import { count, duration, figure, operatorSign, percent } from "./words.ts";

/** Why a gate says what it says, and how to mend it. */
export function Gate({ gate }: { readonly gate: string }): JSX.Element {
  const results = resultsOf(gate).toSorted((a, b) => b.startedAt - a.startedAt);
  const statistics = gateStatistics(runs.value).find((one) => one.gate === gate);
  const wanted = new Set(results.flatMap(({ findings }) => findings));
  const findings = (model.value?.findings ?? []).filter(({ id }) => wanted.has(id));
  const first = statistics?.measurements[0];
  return (
    <>
      <h1>Gate {gate}</h1>
      <p>
        <a href={addressOf("gates")}>All gates</a>
      </p>
      {results.length === 0 && <Nothing>Nothing is on record about this gate.</Nothing>}
      {results.map((result) => (
        <ResultPart key={`${result.component}/${result.target}`} result={result} />
      ))}
      {findings.length > 0 && (
        <Findings findings={findings} found={results.reduce((sum, { found }) => sum + found, 0)} />
      )}
      {statistics !== undefined && statistics.trend.length > 1 && first !== undefined && (
        <Section title="Trend">
          <Trend
            title={`${first.name} over ${count(statistics.trend.length, "run")}`}
            unit={first.unit}
            points={statistics.trend
              .slice(-60)
              .map(({ run, value, threshold }) => ({ label: run, value, threshold }))}
          />
        </Section>
      )}
      {statistics !== undefined && (
        <Section title="Over the runs">
          <dl>
            <dt>Pass rate</dt>
            <dd>{statistics.passRate === undefined ? "unknown" : percent(statistics.passRate)}</dd>
            <dt>Time</dt>
            <dd>
              {statistics.p50Ms === undefined
                ? "never measured"
                : `half within ${duration(statistics.p50Ms)}, nine of ten within ${duration(statistics.p90Ms ?? statistics.p50Ms)}`}
            </dd>
            <dt>Tried again after breakage</dt>
            <dd>{count(statistics.retries, "time")}</dd>
            <dt>Reasons</dt>
            <dd>
              {statistics.reasons.map(({ reason, count: times }) => `${reason} ×${times}`).join(", ") ||
                "none"}
            </dd>
          </dl>
        </Section>
      )}
      <Pauses gate={gate} />
    </>
  );
}

function ResultPart({ result }: { readonly result: ResultView }): JSX.Element {
  const { component, target, verdict, measurements, message, fix, run, cached, notes, warnings, log } =
    result;
  return (
    <Section title={`${component} for ${target}`}>
      <p>
        <Status state={verdict} /> · {result.required ? "required" : "optional"} · run{" "}
        <a href={addressOf("runs", run)}>{run}</a> · <Time ms={result.startedAt} /> ·{" "}
        {duration(result.durationMs)}
        {result.attempts > 1 && ` · attempt ${result.attempts}`}
        {cached !== undefined && ` · measured in run ${cached}, on the same inputs`}
        {result.tool !== undefined && ` · ${result.tool}`} · {result.checked} of {result.candidates} looked at
      </p>
      {result.because !== undefined && <p class="dim">Measured anew because {result.because}.</p>}
      {message !== undefined && (
        <p>
          {message} {result.code !== undefined && <span class="dim">{result.code}</span>}
        </p>
      )}
      {measurements.length > 0 && (
        <Table
          caption={`Figures of ${component} for ${target}`}
          hidden
          columns={[
            { title: "Figure" },
            { title: "Actual", figures: true },
            { title: "Required", figures: true },
            { title: "Set in" },
          ]}
        >
          {measurements.map(({ name, value, unit, operator, threshold, source }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="figures">{figure(value, unit)}</td>
              <td class="figures">
                {operatorSign(operator)} {figure(threshold, unit)}
              </td>
              <td>
                <code>{source}</code>
              </td>
            </tr>
          ))}
        </Table>
      )}
      <p class="buttons">
        <PromptButton result={result} /> <Command text={checkCommand(result)} />
      </p>
      {fix.length > 0 && (
        <>
          <h3>Fix</h3>
          <ul>
            {fix.map((step) => (
              <li key={step}>
                <Command text={step} />
              </li>
            ))}
          </ul>
        </>
      )}
      {[...warnings, ...notes].length > 0 && (
        <ul>
          {[...warnings, ...notes].map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {log.length > 0 && (
        <details>
          <summary>The last {count(log.length, "line")} of its output</summary>
          <pre tabIndex={0}>{log.join("\n")}</pre>
        </details>
      )}
    </Section>
  );
}

function Findings({
  findings,
  found,
}: {
  readonly findings: readonly FindingView[];
  readonly found: number;
}): JSX.Element {
  const fits = parseFilter(route.value.filter);
  const shown = findings.filter((finding) =>
    fits({
      status: [finding.level],
      reason: [finding.rule],
      file: [finding.file ?? ""],
      message: [finding.message],
      severity: finding.severity === undefined ? [] : [finding.severity],
    }),
  );
  return (
    <Section title="Findings">
      <Filter example="s:error reason:F401 file:api" shown={shown.length} all={findings.length} />
      {found > findings.length && (
        <p>
          {found} were found; the first of them are here. All of them: <code>towpath status --findings</code>
        </p>
      )}
      <FindingTable caption="Findings" findings={shown} />
    </Section>
  );
}

/** Findings as a table. */
export function FindingTable({
  caption,
  findings,
}: {
  readonly caption: string;
  readonly findings: readonly FindingView[];
}): JSX.Element {
  return (
    <Table
      caption={caption}
      hidden
      columns={[
        { title: "Place" },
        { title: "Level" },
        { title: "Rule" },
        { title: "Message" },
        { title: "Fix" },
      ]}
    >
      {findings.map((finding) => (
        <tr key={finding.id}>
          <td>
            <code>{placeOf(finding)}</code>
          </td>
          <td>
            <Status
              state={{ error: "failed", warning: "warned", note: "skipped" }[finding.level]}
              word={finding.severity === undefined ? finding.level : `${finding.level}, ${finding.severity}`}
            />
          </td>
          <td>
            {finding.ruleUrl === undefined ? (
              finding.rule
            ) : (
              <a href={finding.ruleUrl} rel="noreferrer noopener" target="_blank">
                {finding.rule}
              </a>
            )}
          </td>
          <td class="message">{finding.message}</td>
          <td>
            {finding.fix === undefined ? (
              ""
            ) : finding.fix.kind === "command" ? (
              <code>{finding.fix.text}</code>
            ) : (
              finding.fix.text
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function placeOf({ file, line, column }: FindingView): string {
  return [file ?? "–", ...(line === undefined ? [] : [line]), ...(column === undefined ? [] : [column])].join(
    ":",
  );
}

function Pauses({ gate }: { readonly gate: string }): JSX.Element | null {
  const pauses = runs.value
    .flatMap(({ run, pauses: all }) => all.map((pause) => ({ run, ...pause })))
    .filter((pause) => pause.gate === gate)
    .slice(-20)
    .toReversed();
  if (pauses.length === 0) return null;
  return (
    <Section title="Tried again">
      <Table
        caption={`When ${gate} was tried again`}
        hidden
        columns={[
          { title: "Run" },
          { title: "Attempt", figures: true },
          { title: "Waited", figures: true },
          { title: "Why" },
        ]}
      >
        {pauses.map(({ run, attempt, durationMs, reason }) => (
          <Row key={`${run}/${attempt}`}>
            <th scope="row">
              <a href={addressOf("runs", run)}>{run}</a>
            </th>
            <td class="figures">{attempt}</td>
            <td class="figures">{duration(durationMs)}</td>
            <td>{reason}</td>
          </Row>
        ))}
      </Table>
    </Section>
  );
}
