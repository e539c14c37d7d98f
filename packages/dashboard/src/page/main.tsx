// oxlint-disable-next-line import/no-unassigned-import -- a style is taken as it is
import "./style.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import type { DashboardModel } from "../model.ts";
import { App } from "./app.tsx";
import { listenToKeys } from "./keys.ts";
import { follow } from "./live.ts";
import { addressOf, parseRoute } from "./routes.ts";
import { clock, link, model, route, theme } from "./store.ts";

const readRoute = (): void => {
  route.value = parseRoute(location.hash);
};
addEventListener("hashchange", readRoute);
readRoute();

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});

const saved = document.querySelector("#model")?.textContent;
if (saved != null) {
  model.value = JSON.parse(saved) as DashboardModel;
  clock.value = model.value.at;
  link.value = "saved";
  if (location.hash === "" && model.value.opensAt !== undefined)
    history.replaceState(null, "", addressOf("runs", model.value.opensAt));
  readRoute();
}

const place = document.querySelector("#app");
if (place !== null) {
  place.replaceChildren();
  render(<App />, place);
}
listenToKeys();
if (saved == null) follow();
