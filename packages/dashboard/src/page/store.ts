import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { DashboardModel, RunView } from "../model.ts";
import { parseRoute, type Route } from "./routes.ts";

/** How the page hears of what happens. */
export type Link = "saved" | "connecting" | "live" | "lost";

/** All that is shown; absent until the server has told it. */
export const model: Signal<DashboardModel | undefined> = signal(undefined);
export const link: Signal<Link> = signal("connecting");
/** Why the server cannot read the journal. */
export const trouble: Signal<string | undefined> = signal(undefined);
export const route: Signal<Route> = signal(parseRoute(""));
/** The component that is looked at; empty for all. */
export const component: Signal<string> = signal("");
/** The target that is looked at; empty for all. */
export const target: Signal<string> = signal("");
/** Epoch milliseconds; stands still in a saved page. */
export const clock: Signal<number> = signal(0);
/** What is said to people who listen. */
export const spoken: Signal<string> = signal("");
export const helpOpen: Signal<boolean> = signal(false);
/** A text that could not be copied by itself. */
export const copyByHand: Signal<string | undefined> = signal(undefined);
/** Whether single letters are keys. */
export const letters: Signal<boolean> = signal(recall("letters") !== "off");
export const theme: Signal<string> = signal(recall("theme") ?? "auto");

/** The runs that are looked at, oldest first. */
export const runs: ReadonlySignal<readonly RunView[]> = computed(() =>
  (model.value?.runs ?? []).filter(
    (run) =>
      (component.value === "" || run.components.includes(component.value)) &&
      (target.value === "" || run.target === target.value),
  ),
);

/** Remembers a choice for the next visit, where the browser allows it. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`towpath-${name}`, value);
  } catch {
    // A page from a file may have no memory: the choice then lasts as long as the page.
  }
}

function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(`towpath-${name}`) ?? undefined;
  } catch {
    // As above.
    return undefined;
  }
}
