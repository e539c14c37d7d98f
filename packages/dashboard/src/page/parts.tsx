import type { ComponentChildren, JSX } from "preact";
import { copy } from "./copy.ts";
import { route } from "./store.ts";
import { parseRoute, withFilter } from "./routes.ts";
import { title, when } from "./words.ts";

/** Glyph and tone of every state; a state is never told by its colour alone. */
const states: Readonly<Record<string, readonly [glyph: string, tone: string]>> = {
  passed: ["✓", "good"],
  warned: ["▲", "warn"],
  failed: ["✗", "bad"],
  stopped: ["✗", "bad"],
  inconclusive: ["?", "warn"],
  waiting: ["?", "warn"],
  paused: ["?", "warn"],
  parked: ["?", "warn"],
  errored: ["!", "bad"],
  unknown: ["!", "bad"],
  halted: ["!", "bad"],
  undecided: ["!", "bad"],
  missing: ["?", "warn"],
  skipped: ["–", "calm"],
  superseded: ["–", "calm"],
  pending: ["·", "calm"],
  waived: ["~", "warn"],
  running: ["◌", "busy"],
};

/** A glyph for a state, for where the word stands beside it. */
export function glyphOf(state: string): string {
  return states[state]?.[0] ?? "·";
}

/** The tone of a state. */
export function toneOf(state: string): string {
  return states[state]?.[1] ?? "calm";
}

/** A state as glyph, word and colour. */
export function Status({ state, word }: { readonly state: string; readonly word?: string }): JSX.Element {
  return (
    <span class={`status ${toneOf(state)}`}>
      <span class="glyph" aria-hidden="true">
        {glyphOf(state)}
      </span>{" "}
      {word ?? state}
    </span>
  );
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Figures stand to the right. */
  readonly figures?: boolean;
}

/** A table with a caption, whose scrolling is its own and can be done with keys. */
export function Table({
  caption,
  columns,
  children,
  hidden = false,
}: {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly children: ComponentChildren;
  /** Whether the caption is for people who listen alone. */
  readonly hidden?: boolean;
}): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class={hidden ? "aside" : ""}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={column.figures ? "figures" : ""}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** A row that `j` and `k` go to; its first link or button takes the focus. */
export function Row({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <tr data-row="">{children}</tr>;
}

/** A part of a page with its heading. */
export function Section({
  title: text,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section>
      <h2>{text}</h2>
      {children}
    </section>
  );
}

/** A button that copies a text. */
export function Copy({
  text,
  label,
  what,
  prompt = false,
}: {
  readonly text: string | (() => string);
  /** On the button. */
  readonly label: string;
  /** What is copied, for people who listen. */
  readonly what: string;
  /** Whether the key `c` presses it. */
  readonly prompt?: boolean;
}): JSX.Element {
  return (
    <button
      type="button"
      class="small"
      aria-label={label === what ? undefined : `${label}: ${what}`}
      data-prompt={prompt ? "" : undefined}
      onClick={() => void copy(typeof text === "string" ? text : text(), title(what))}
    >
      {label}
    </button>
  );
}

/** A command with a button that copies it; a sentence stays one. */
export function Command({ text }: { readonly text: string }): JSX.Element {
  if (!text.startsWith("towpath ")) return <span>{text}</span>;
  return (
    <span class="command">
      <code>{text}</code> <Copy text={text} label="copy" what="command" />
    </span>
  );
}

/** The filter of a page's rows; it stands in the address. */
export function Filter({
  example,
  shown,
  all,
  what,
}: {
  readonly example: string;
  readonly shown: number;
  readonly all: number;
  /** What is counted. */
  readonly what: string;
}): JSX.Element {
  return (
    <div class="filter">
      <label>
        Filter{" "}
        <input
          type="search"
          data-filter=""
          spellcheck={false}
          autocomplete="off"
          placeholder={example}
          value={route.value.filter}
          onInput={({ currentTarget }) => {
            // Not a step in the history for each letter.
            history.replaceState(null, "", withFilter(location.hash, currentTarget.value));
            route.value = parseRoute(location.hash);
          }}
        />
      </label>
      <span class="dim" role="status">
        {shown === all ? all : `${shown} of ${all}`} {what}
      </span>
    </div>
  );
}

/** A time, exact for machines. */
export function Time({ ms }: { readonly ms: number }): JSX.Element {
  return Number.isFinite(ms) ? (
    <time dateTime={new Date(ms).toISOString()}>{when(ms)}</time>
  ) : (
    <span>unknown</span>
  );
}

/** What is said where there is nothing yet. */
export function Nothing({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="nothing">{children}</p>;
}
