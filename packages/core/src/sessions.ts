import type { Clock } from "./host.ts";
import type { Journal } from "./journal.ts";
import type { Kernel } from "./kernel.ts";
import type { Plan } from "./plan.ts";
import type { StageReport } from "./report.ts";
import { addMessage, newSession, type Message, type Session } from "./session.ts";
import { stages } from "./stages.ts";
import type { StepIO } from "./step.ts";

/** The sessions of a run's components. */
export interface Sessions {
  /** Writes down how a stage ended, together with the step's outcome, and saves. */
  record(report: StageReport, io: Pick<StepIO, "message">): Promise<void>;
  all(): readonly Session[];
}

/**
 * Loads the components' sessions through the `loadSession` hook, or from the journal. What this run said before it was
 * interrupted comes from the journal alone, so that nothing is lost or doubled.
 */
export async function openSessions(
  { kernel, plan, journal, clock }: { kernel: Kernel; plan: Plan; journal: Journal; clock: Clock },
  run: string,
): Promise<Sessions> {
  const sessions = new Map<string, Session>();
  if (plan.kind === "run") {
    for (const { name } of plan.components) {
      const loaded = await kernel.hooks.loadSession.promise({ component: name, run });
      const before = loaded ?? { ...newSession(name, clock.now()), messages: journal.messages(name) };
      const others = before.messages.filter((message) => message.run !== run);
      sessions.set(name, { ...before, messages: [...others, ...journal.messages(name, run)] });
    }
  }
  return {
    async record(report, io) {
      const importance = stages.find((stage) => stage.name === report.stage)?.importance ?? 0.5;
      for (const [name, session] of sessions) {
        const at = new Date(clock.now()).toISOString();
        const content = summary(report, name);
        const message: Message = { role: "user", content, at, importance, untrusted: true, run };
        const next = addMessage(session, message);
        io.message(name, message);
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
