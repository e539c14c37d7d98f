import { gateStatistics, type GateStatistics } from "@towpath/history";
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
  const byId = new Map((model.value?.findings ?? []).map((finding) => [finding.id, finding]));
  const fits = parseFilter(route.value.filter);
  const parts = results.map((result) => {
    const all = result.findings.flatMap((id) => byId.get(id) ?? []);
    return { result, all, shown: all.filter((finding) => fits(fieldsOf(finding))) };
  });
  const [all, shown] = [parts.flatMap((part) => part.all), parts.flatMap((part) => part.shown)];
  return (
    <>
      <h1>Gate {gate}</h1>
      <p>
        <a href={addressOf("gates")}>All gates</a>
      </p>
      {results.length === 0 && <Nothing>Nothing is on record about this gate.</Nothing>}
      {all.length > 0 && (
        <Filter
          example="s:error reason:F401 file:api"
          shown={shown.length}
          all={all.length}
          what="findings"
        />
      )}
      {parts.map((part) => (
        <ResultPart
          key={`${part.result.component}/${part.result.target}`}
          result={part.result}
          findings={part.shown}
        />
      ))}
      {statistics !== undefined && <History statistics={statistics} />}
      <Pauses gate={gate} />
    </>
  );
}

function fieldsOf(finding: FindingView): Readonly<Record<string, readonly string[]>> {
  return {
    status: [finding.level],
    reason: [finding.rule],
    file: [finding.file ?? ""],
    message: [finding.message],
    severity: finding.severity === undefined ? [] : [finding.severity],
  };
}

function History({ statistics }: { readonly statistics: GateStatistics }): JSX.Element {
  const { trend, passRate, p50Ms, p90Ms, retries, reasons } = statistics;
  const [first] = statistics.measurements;
  return (
    <Section title="Over the runs">
      {trend.length > 1 && first !== undefined && (
        <Trend
          title={`${first.name} over ${count(trend.length, "run")}`}
          unit={first.unit}
          points={trend.slice(-60).map(({ run, value, threshold }) => ({ label: run, value, threshold }))}
        />
      )}
      <dl>
        <dt>Pass rate</dt>
        <dd>{passRate === undefined ? "unknown" : percent(passRate)}</dd>
        <dt>Time</dt>
        <dd>
          {p50Ms === undefined
            ? "never measured"
            : `half within ${duration(p50Ms)}, nine of ten within ${duration(p90Ms ?? p50Ms)}`}
        </dd>
        <dt>Tried again after breakage</dt>
        <dd>{count(retries, "time")}</dd>
        <dt>Reasons</dt>
        <dd>{reasons.map(({ reason, count: times }) => `${reason} ×${times}`).join(", ") || "none"}</dd>
      </dl>
    </Section>
  );
}

function ResultPart({
  result,
  findings,
}: {
  readonly result: ResultView;
  /** Those that fit the filter. */
  readonly findings: readonly FindingView[];
}): JSX.Element {
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
        {result.verdict !== "passed" && <PromptButton result={result} />}{" "}
        <Command text={checkCommand(result)} />
      </p>
      {findings.length > 0 && (
        <FindingTable caption={`Findings of ${component} for ${target}`} findings={findings} />
      )}
      {result.found > result.findings.length && (
        <p>
          {result.found} were found; the first of them are here. All of them:{" "}
          <Command text={`towpath status ${component} --findings`} />
        </p>
      )}
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
          <summary>Output, {count(log.length, "line")}</summary>
          <pre tabIndex={0}>{log.join("\n")}</pre>
        </details>
      )}
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
