import { basename } from "node:path";
import type { CurrentState, Journal } from "@towpath/core";
import { dashboardModel, type DashboardModel } from "@towpath/dashboard";
import { sessionState } from "./session-state.ts";

/**
 * The model of a project's journal, for a page that is saved.
 * @param components those that the configuration names
 * @param opensAt id of the run that the page shows first @default the last one
 */
export async function projectModel(
  journal: Journal,
  {
    root,
    components,
    now,
    opensAt,
  }: {
    readonly root: string;
    readonly components: readonly string[];
    readonly now: number;
    readonly opensAt?: string;
  },
): Promise<DashboardModel> {
  const names = new Set([
    ...components,
    ...journal.runs({ limit: 500 }).flatMap(({ plan }) => plan.components.map(({ name }) => name)),
  ]);
  const states = new Map<string, CurrentState>();
  for (const name of names) states.set(name, await sessionState(journal, name, root));
  const model = dashboardModel({
    journal,
    project: basename(root),
    components,
    now,
    current: (component) => states.get(component) ?? {},
  });
  return opensAt === undefined ? model : { ...model, opensAt };
}
