import type { JSX } from "preact";
import type { ComponentView, EnvironmentView, MaturityView } from "../model.ts";
import { Command, Nothing, Row, Section, Status, Table, Time } from "./parts.tsx";
import { addressOf } from "./routes.ts";
import { component, model } from "./store.ts";
import { duration, percent } from "./words.ts";

/** How mature each component is, and what each still needs. */
export function Components(): JSX.Element {
  const all = (model.value?.components ?? []).filter(
    ({ name }) => component.value === "" || name === component.value,
  );
  return (
    <>
      <h1>Components</h1>
      {all.length === 0 ? (
        <Nothing>No component is known yet.</Nothing>
      ) : (
        <>
          <p>
            Criteria that are met by what was measured last. Whether that still counts, a run decides: code,
            settings and time may have moved on.
          </p>
          <Table
            caption="Maturity of the components"
            hidden
            columns={[
              { title: "Component" },
              { title: "Dev" },
              { title: "Staging" },
              { title: "Production" },
              { title: "Runs now" },
            ]}
          >
            {all.map((one) => (
              <Row key={one.name}>
                <th scope="row">
                  <a href={`#component-${one.name}`} onClick={(event) => jump(event, one.name)}>
                    {one.name}
                  </a>
                </th>
                {one.maturity.map((maturity) => (
                  <td key={maturity.target}>
                    <Score maturity={maturity} />
                  </td>
                ))}
                <td>
                  {one.environments
                    .map(({ environment, digest }) => `${environment}: ${digest.slice(0, 12)}`)
                    .join(", ") || "nothing"}
                </td>
              </Row>
            ))}
          </Table>
          {all.map((one) => (
            <ComponentPart key={one.name} component={one} />
          ))}
        </>
      )}
    </>
  );
}

/** A place on the same page, while the address names the page. */
function jump(event: Event, name: string): void {
  event.preventDefault();
  const heading = document.querySelector<HTMLElement>(`#component-${CSS.escape(name)}`);
  heading?.focus();
  heading?.scrollIntoView();
}

function Score({ maturity: { criteria } }: { readonly maturity: MaturityView }): JSX.Element {
  if (criteria.length === 0) return <Status state="pending" word="not asked yet" />;
  const met = criteria.filter((one) => one.met).length;
  return (
    <Status state={met === criteria.length ? "passed" : "failed"} word={`${met} of ${criteria.length} met`} />
  );
}

function ComponentPart({ component: one }: { readonly component: ComponentView }): JSX.Element {
  return (
    <section>
      <h2 id={`component-${one.name}`} tabIndex={-1}>
        {one.name}
      </h2>
      {one.spec !== undefined && (
        <p>
          Specification <code>{one.spec}</code>
        </p>
      )}
      {one.trouble !== undefined && (
        <p>
          <Status state="errored" word={one.trouble} />
        </p>
      )}
      {one.environments.map((environment) => (
        <Environment key={environment.environment} environment={environment} />
      ))}
      {one.maturity
        .filter(({ criteria }) => criteria.length > 0)
        .map(({ target, criteria, run }) => {
          const open = criteria.filter(({ met }) => !met);
          return (
            <Section key={target} title={`${one.name} for ${target}`}>
              <p>
                {criteria.length - open.length} of {criteria.length} criteria met
                {run !== undefined && (
                  <>
                    , as asked by run <a href={addressOf("runs", run)}>{run}</a>
                  </>
                )}
                {open.length === 0 && "."}
              </p>
              {open.length > 0 && (
                <Table
                  caption={`What ${one.name} needs for ${target}`}
                  hidden
                  columns={[
                    { title: "Criterion" },
                    { title: "Stage" },
                    { title: "State" },
                    { title: "To do" },
                  ]}
                >
                  {open.map(({ gate, stage, verdict, todo }) => (
                    <Row key={gate}>
                      <th scope="row">
                        <a href={addressOf("gates", gate)}>{gate}</a>
                      </th>
                      <td>{stage}</td>
                      <td>
                        <Status state={verdict} word={verdict === "missing" ? "never measured" : verdict} />
                      </td>
                      <td>{todo !== undefined && <Command text={todo} />}</td>
                    </Row>
                  ))}
                </Table>
              )}
            </Section>
          );
        })}
    </section>
  );
}

function Environment({ environment: one }: { readonly environment: EnvironmentView }): JSX.Element {
  const { probes } = one;
  const all = probes === undefined ? 0 : probes.up + probes.down + probes.unknown;
  return (
    <p>
      <strong>{one.environment}</strong> runs <code>{one.digest.slice(0, 12)}</code> since{" "}
      <Time ms={Date.parse(one.since)} />, {one.verified ? "verified" : "not verified"}
      {one.url !== undefined && (
        <>
          , at <code>{one.url}</code>
        </>
      )}
      .{" "}
      {probes !== undefined && (
        <>
          Probes over {duration(probes.to - probes.from)}: {probes.up} up, {probes.down} down,{" "}
          {probes.unknown} unknown; {percent(probes.up / Math.max(1, all))} of those written down were up.
        </>
      )}
    </p>
  );
}
