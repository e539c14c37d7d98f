import type { Clock } from "./host.ts";
import type { Kernel } from "./kernel.ts";
import type { Plan } from "./plan.ts";
import type { StageReport } from "./report.ts";
import { addMessage, newSession, type Session } from "./session.ts";
import { stages } from "./stages.ts";

/** The sessions of a run's components. */
export interface Sessions {
  /** Writes down how a stage ended and saves. */
  record(report: StageReport): Promise<void>;
  all(): readonly Session[];
}

/** Loads the components' sessions through the `loadSession` hook, or starts new ones. */
export async function openSessions(kernel: Kernel, plan: Plan, run: string, clock: Clock): Promise<Sessions> {
  const sessions = new Map<string, Session>();
  if (plan.kind === "run") {
    for (const { name } of plan.components) {
      const loaded = await kernel.hooks.loadSession.promise({ component: name, run });
      sessions.set(name, loaded ?? newSession(name, clock.now()));
    }
  }
  return {
    async record(report) {
      const importance = stages.find((stage) => stage.name === report.stage)?.importance ?? 0.5;
      for (const [name, session] of sessions) {
        const at = new Date(clock.now()).toISOString();
        const content = summary(report, name);
        const next = addMessage(session, { role: "user", content, at, importance, untrusted: true, run });
        sessions.set(name, next);
        await kernel.hooks.saveSession.promise(next);
      }
    },
    all: () => [...sessions.values()],
  };
}

function summary(report: StageReport, component: string): string {
  const lines = report.results
    .filter((result) => result.component === component)
    .map((result) => {
      const figures = result.measurements.map(
        (m) => `${m.name} ${m.value} ${m.operator} ${m.threshold} ${m.unit}`,
      );
      const detail = result.error?.message ?? figures.join(", ");
      return `- ${result.gate}: ${result.verdict}${detail === "" ? "" : ` (${detail})`}`;
    });
  const reason = report.reason === undefined ? "" : ` ${report.reason}`;
  return [`Stage ${report.stage} ${report.status}.${reason}`, ...lines].join("\n");
}
