import type { JSX } from "preact";
import { Table } from "./parts.tsx";

/** A bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value in words. */
  readonly text: string;
  /** Hatched: it did not pass. */
  readonly hatched: boolean;
  /** What it means, in a word. */
  readonly state: string;
}

const high = 100;
const wide = 1_000;

/** Hatching, so that a bar tells more than its colour. */
function Hatching({ id, tone }: { readonly id: string; readonly tone: string }): JSX.Element {
  return (
    <defs>
      <pattern
        id={id}
        class={tone}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="ground" width="6" height="6" />
        <line class="stroke" x1="0" y1="0" x2="0" y2="6" stroke-width="4" />
      </pattern>
    </defs>
  );
}

/** Bars from the bottom up, with the same figures as a table below. */
export function Bars({
  title,
  bars,
  unit,
}: {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly unit: string;
}): JSX.Element {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const step = wide / Math.max(bars.length, 12);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg
        class="bars"
        viewBox={`0 0 ${wide} ${high}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}; the figures stand in the table below`}
      >
        <Hatching id="hatch-bars" tone="bad" />
        {bars.map(({ label, value, text, hatched, state }, index) => {
          const height = Math.max(2, (value / most) * (high - 4));
          return (
            <rect
              key={label}
              class={hatched ? "hatched" : "plain"}
              fill={hatched ? "url(#hatch-bars)" : undefined}
              x={index * step + step * 0.1}
              y={high - height}
              width={step * 0.8}
              height={height}
            >
              <title>{`${label}: ${text}, ${state}`}</title>
            </rect>
          );
        })}
      </svg>
      <p class="legend">
        <span class="dim">
          0 to {bars.find(({ value }) => value === most)?.text ?? unit}; oldest first; hatched: did not pass
        </span>
      </p>
      <Twin title={title} unit={unit} rows={bars.map(({ label, text, state }) => [label, text, state])} />
    </figure>
  );
}

/** A line over the runs, with the threshold as a dashed one. */
export function Trend({
  title,
  points,
  unit,
}: {
  readonly title: string;
  readonly points: readonly { readonly label: string; readonly value: number; readonly threshold: number }[];
  readonly unit: string;
}): JSX.Element {
  const figures = points.flatMap(({ value, threshold }) => [value, threshold]).filter(Number.isFinite);
  const [least, most] = [Math.min(...figures), Math.max(...figures)];
  const span = most - least || 1;
  const x = (index: number): number =>
    points.length === 1 ? wide / 2 : (index / (points.length - 1)) * wide;
  const y = (value: number): number => high - 6 - ((value - least) / span) * (high - 12);
  const line = (of: (point: (typeof points)[number]) => number): string =>
    points.map((point, index) => `${x(index).toFixed(1)},${y(of(point)).toFixed(1)}`).join(" ");
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg
        class="trend"
        viewBox={`0 0 ${wide} ${high}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}; the figures stand in the table below`}
      >
        <polyline class="threshold" points={line(({ threshold }) => threshold)} />
        <polyline class="line" points={line(({ value }) => value)} />
      </svg>
      <p class="legend">
        <span class="dim">
          {least} to {most} {unit}; oldest first; dashed: what is required
        </span>
      </p>
      <Twin
        title={title}
        unit={unit}
        rows={points.map(({ label, value, threshold }) => [
          label,
          `${value} ${unit}`,
          `required ${threshold} ${unit}`,
        ])}
      />
    </figure>
  );
}

/** The same figures as a table, for people who cannot see the chart. */
function Twin({
  title,
  rows,
  unit,
}: {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
  readonly unit: string;
}): JSX.Element {
  return (
    <details>
      <summary>The figures as a table</summary>
      <Table
        caption={title}
        hidden
        columns={[{ title: "Run" }, { title: unit || "Value", figures: true }, { title: "Note" }]}
      >
        {rows.map(([label, ...cells]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {cells.map((cell, index) => (
              <td key={cell} class={index === 0 ? "figures" : ""}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </details>
  );
}

/** A piece of a row's time. */
export interface Piece {
  /** Milliseconds after the begin of the whole. */
  readonly from: number;
  readonly durationMs: number;
  /** `waiting` is hatched thinly, what did not pass hatched. */
  readonly look: "plain" | "failed" | "waiting" | "running";
  /** For the pointer. */
  readonly text: string;
}

/** The time line of one row. The row around it says the same in words. */
export function TimeLine({
  pieces,
  wholeMs,
  id,
}: {
  readonly pieces: readonly Piece[];
  readonly wholeMs: number;
  readonly id: string;
}): JSX.Element {
  const x = (ms: number): number => (Math.max(0, ms) / Math.max(1, wholeMs)) * wide;
  return (
    <svg class="timeline" viewBox={`0 0 ${wide} 14`} preserveAspectRatio="none" aria-hidden="true">
      <Hatching id={`hatch-${id}`} tone="bad" />
      <Hatching id={`wait-${id}`} tone="calm" />
      {pieces.map(({ from, durationMs, look, text }) => (
        <rect
          key={`${look}${from}`}
          class={`piece ${look}`}
          fill={look === "failed" ? `url(#hatch-${id})` : look === "waiting" ? `url(#wait-${id})` : undefined}
          x={Math.min(wide - 3, x(from))}
          y={look === "waiting" ? 5 : 1}
          width={Math.max(3, x(durationMs))}
          height={look === "waiting" ? 4 : 12}
        >
          <title>{text}</title>
        </rect>
      ))}
    </svg>
  );
}

/** The last outcomes as signs, oldest first. */
export function Strip({
  signs,
  text,
}: {
  readonly signs: readonly { readonly glyph: string; readonly tone: string }[];
  readonly text: string;
}): JSX.Element {
  return (
    <span class="strip" role="img" aria-label={text}>
      {signs.map(({ glyph, tone }, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- signs have no name but their place
        <span key={index} class={tone} aria-hidden="true">
          {glyph}
        </span>
      ))}
    </span>
  );
}
