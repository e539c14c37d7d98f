import { applyChange } from "../apply-change.ts";
import type { DashboardModel, EventMessage, ModelChange } from "../model.ts";
import { say } from "./say.ts";
import { clock, link, model, trouble } from "./store.ts";

let source: EventSource | undefined;
let again: ReturnType<typeof setTimeout> | undefined;

/** Follows the server, as long as somebody looks: a browser allows few connections, and a hidden page needs none. */
export function follow(): void {
  setInterval(() => {
    clock.value = Date.now();
  }, 1_000);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : connect()));
  connect();
}

function connect(): void {
  leave();
  const after = model.value === undefined ? "" : `?after=${model.value.position}`;
  source = new EventSource(`/events${after}`);
  source.addEventListener("open", () => {
    link.value = "live";
  });
  source.addEventListener("snapshot", ({ data }: MessageEvent<string>) => {
    clock.value = Date.now();
    model.value = JSON.parse(data) as DashboardModel;
    trouble.value = undefined;
  });
  source.addEventListener("change", ({ data, lastEventId }: MessageEvent<string>) => {
    take(JSON.parse(data) as EventMessage, Number(lastEventId));
  });
  source.addEventListener("refresh", ({ data }: MessageEvent<string>) => {
    const before = model.value;
    if (before !== undefined)
      model.value = applyChange(before, JSON.parse(data) as ModelChange, before.position);
  });
  source.addEventListener("trouble", ({ data }: MessageEvent<string>) => {
    trouble.value = (JSON.parse(data) as { readonly message: string }).message;
  });
  source.addEventListener("error", () => {
    link.value = "lost";
    // The browser comes back by itself, unless it has given up.
    if (source?.readyState !== EventSource.CLOSED) return;
    clearTimeout(again);
    again = setTimeout(connect, 2_000);
  });
}

function leave(): void {
  clearTimeout(again);
  source?.close();
  source = undefined;
}

function take({ event, change }: EventMessage, position: number): void {
  const before = model.value;
  if (before === undefined || position <= before.position) return;
  clock.value = Date.now();
  model.value = change === undefined ? { ...before, position } : applyChange(before, change, position);
  if (event.say !== undefined) say(event.say);
}
