import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Components } from "./components.tsx";
import { Context } from "./context.tsx";
import { Gate } from "./gate.tsx";
import { Gates } from "./gates.tsx";
import { Guide, Keys, LettersSwitch } from "./guide.tsx";
import { Overview } from "./overview.tsx";
import { Performance } from "./performance.tsx";
import { addressOf, pages, type Route } from "./routes.ts";
import { Diff, Run, Runs } from "./runs.tsx";
import {
  component,
  copyByHand,
  helpOpen,
  link,
  model,
  remember,
  route,
  spoken,
  target,
  theme,
  trouble,
} from "./store.ts";
import { when } from "./words.ts";

/** The whole page. */
export function App(): JSX.Element {
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>
        Skip to the content
      </a>
      <Head />
      <Main />
      <footer>
        <p>
          {model.value !== undefined &&
            `${model.value.project} · Towpath ${model.value.towpath} · as of ${when(model.value.at)}`}
        </p>
      </footer>
      <p class="aside" role="status" aria-live="polite" id="spoken">
        {spoken.value}
      </p>
      <Help />
      <ByHand />
    </>
  );
}

function toMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("main")?.focus();
}

function Head(): JSX.Element {
  const { page } = route.value;
  const names = model.value?.components.map(({ name }) => name) ?? [];
  const targets = [...new Set(model.value?.runs.map((run) => run.target) ?? [])];
  return (
    <header>
      <p class="brand">
        <a href="#/">towpath</a>
      </p>
      <nav aria-label="Pages">
        <ul>
          {pages.map(({ name, title, path }) => (
            <li key={name}>
              <a href={addressOf(path)} aria-current={isIn(page, name) ? "page" : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="tools">
        {names.length > 1 && (
          <Choice
            label="Component"
            value={component.value}
            all="all"
            options={names}
            choose={(value) => (component.value = value)}
          />
        )}
        {targets.length > 1 && (
          <Choice
            label="Target"
            value={target.value}
            all="all"
            options={targets}
            choose={(value) => (target.value = value)}
          />
        )}
        <Choice
          label="Theme"
          value={theme.value}
          options={["auto", "light", "dark"]}
          choose={(value) => {
            theme.value = value;
            remember("theme", value);
          }}
        />
        <button type="button" onClick={() => (helpOpen.value = true)}>
          Keys
        </button>
        <LinkState />
      </div>
    </header>
  );
}

function isIn(page: Route["page"], name: string): boolean {
  return (
    page === name ||
    (page === "gate" && name === "gates") ||
    ((page === "run" || page === "diff") && name === "runs")
  );
}

function Choice({
  label,
  value,
  all,
  options,
  choose,
}: {
  readonly label: string;
  readonly value: string;
  /** The word for no choice, where that is one. */
  readonly all?: string;
  readonly options: readonly string[];
  readonly choose: (value: string) => void;
}): JSX.Element {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {all !== undefined && <option value="">{all}</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

function LinkState(): JSX.Element {
  const words = {
    saved: ["◆", "saved page", "calm"],
    connecting: ["◌", "connecting", "busy"],
    live: ["●", "live", "good"],
    lost: ["!", "server gone, trying again", "bad"],
  } as const;
  const [glyph, word, tone] = words[link.value];
  return (
    <span class={`status ${tone}`} data-link={link.value}>
      <span class="glyph" aria-hidden="true">
        {glyph}
      </span>{" "}
      {word}
    </span>
  );
}

function Main(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const { page, parts } = route.value;
  const place = [page, ...parts].join("/");
  const first = useRef(place);
  useLayoutEffect(() => {
    document.title = `${pages.find(({ name }) => isIn(page, name))?.title ?? "Overview"} · Towpath`;
    // Whoever opens the page begins at its top; whoever follows a link is told where it led.
    if (first.current === place) return;
    first.current = "";
    main.current?.focus();
    window.scrollTo(0, 0);
  }, [place]);
  return (
    <main id="main" tabIndex={-1} ref={main} data-place={place}>
      {trouble.value !== undefined && (
        <div class="banner bad" role="alert">
          <p>! The journal cannot be read: {trouble.value}</p>
        </div>
      )}
      {model.value === undefined ? <Waiting /> : <Page page={page} parts={parts} />}
    </main>
  );
}

function Waiting(): JSX.Element {
  return (
    <>
      <h1>Towpath</h1>
      <p class="nothing">
        {link.value === "lost"
          ? "The server does not answer. It is asked again every few seconds."
          : "Reading the journal …"}
      </p>
    </>
  );
}

function Page({ page, parts }: Pick<Route, "page" | "parts">): JSX.Element {
  switch (page) {
    case "overview":
      return <Overview />;
    case "gates":
      return <Gates />;
    case "gate":
      return <Gate gate={parts[0] ?? ""} />;
    case "performance":
      return <Performance />;
    case "runs":
      return <Runs />;
    case "run":
      return <Run id={parts[0] ?? ""} />;
    case "diff":
      return <Diff before={parts[0] ?? ""} after={parts[1] ?? ""} />;
    case "context":
      return <Context parts={parts} />;
    case "components":
      return <Components />;
    case "guide":
      return <Guide />;
  }
}

function Help(): JSX.Element {
  return (
    <Dialog title="Keys" open={helpOpen.value} close={() => (helpOpen.value = false)}>
      <Keys />
      <LettersSwitch />
    </Dialog>
  );
}

function ByHand(): JSX.Element {
  const text = copyByHand.value;
  return (
    <Dialog title="Copy by hand" open={text !== undefined} close={() => (copyByHand.value = undefined)}>
      <label>
        The browser does not let this page copy. Mark the text and copy it:
        <textarea
          readOnly
          rows={12}
          value={text ?? ""}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </label>
    </Dialog>
  );
}

function Dialog({
  title,
  open,
  close,
  children,
}: {
  readonly title: string;
  readonly open: boolean;
  readonly close: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-label={title} onClose={close}>
      {open && (
        <>
          <h2>{title}</h2>
          {children}
          <p>
            <button type="button" onClick={close}>
              Close
            </button>
          </p>
        </>
      )}
    </dialog>
  );
}
