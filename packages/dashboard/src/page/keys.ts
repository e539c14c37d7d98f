import { addressOf, pages } from "./routes.ts";
import { helpOpen, letters } from "./store.ts";

/** What each key does, for the help. */
export const keyHelp: readonly (readonly [key: string, does: string])[] = [
  ["1 – 7", "the pages, in the order of the menu"],
  ["/", "to the filter"],
  ["j, k", "to the next row, to the one before"],
  ["c", "copy the prompt for the row, or the first one on the page"],
  ["?", "this help"],
];

/** Listens to single letters; not while somebody types, nor beside Ctrl, Alt or Meta, nor when they are off. */
export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (!letters.value || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (act(event.key)) event.preventDefault();
  });
}

function act(key: string): boolean {
  const page = /^[1-9]$/.test(key) ? pages[Number(key) - 1] : undefined;
  if (page !== undefined) {
    location.hash = addressOf(page.path);
    return true;
  }
  switch (key) {
    case "/":
      return focusOn(document.querySelector<HTMLElement>("[data-filter]"));
    case "j":
      return move(1);
    case "k":
      return move(-1);
    case "c": {
      const row = document.activeElement?.closest("[data-row]");
      const button =
        row?.querySelector<HTMLElement>("[data-prompt]") ??
        document.querySelector<HTMLElement>("[data-prompt]");
      button?.click();
      return button !== null;
    }
    case "?":
      helpOpen.value = true;
      return true;
    default:
      return false;
  }
}

function move(by: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = at === -1 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by];
  return focusOn(row?.querySelector<HTMLElement>("a, button") ?? null);
}

function focusOn(element: HTMLElement | null): boolean {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return element !== null;
}

function isTyping(element: EventTarget | null): boolean {
  return element instanceof HTMLElement && element.matches("input, select, textarea, [contenteditable]");
}
