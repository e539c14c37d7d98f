import type { TowpathEvent } from "@towpath/core";
import { estimate, type RunRecord } from "@towpath/history";
import { duration } from "@towpath/report";
import { timeLeft } from "./time-left.ts";

/** Says now and then what is going on. */
export interface Heartbeat {
  event(event: TowpathEvent): void;
  stop(): void;
}

/** What it needs. */
export interface HeartbeatParts {
  /** Past runs of the component, oldest first. */
  readonly past: readonly RunRecord[];
  /** Writes a line. */
  say(line: string): void;
  /** How long nothing must have been said, in milliseconds. @default 30000 */
  readonly everyMs?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/**
 * Follows a run and says what it works on whenever nothing has been told for a while: in the log of a CI a long test and
 * a process that hangs look alike. With past runs it says how long the rest will take.
 */
export function heartbeat({ past, say, everyMs = 30_000, now = Date.now }: HeartbeatParts): Heartbeat {
  const working = new Map<string, { readonly since: number; left: number }>();
  let stages: readonly string[] = [];
  let entered = now();
  let target = "";
  let component = "";
  let timer: NodeJS.Timeout | undefined;

  const left = (): string => {
    const found = estimate(past, { component, target, stages, elapsedMs: now() - entered });
    return found === undefined ? "" : `, ${timeLeft(found)}`;
  };
  const beat = (): void => {
    const names = [...working].map(([name, { since }]) => `${name} ${duration(now() - since)}`);
    if (names.length > 0) say(`  … ${names.join(", ")}${left()}`);
    arm();
  };
  const arm = (): void => {
    clearTimeout(timer);
    timer = setTimeout(beat, everyMs);
    timer.unref();
  };

  return {
    event(event) {
      arm();
      switch (event.type) {
        case "run:start": {
          ({ stages, target } = event);
          component = event.components[0] ?? "";
          const found =
            event.kind === "run" ? estimate(past, { component, target, stages, elapsedMs: 0 }) : undefined;
          if (found !== undefined) say(`  ${timeLeft(found)}`);
          return;
        }
        case "stage:start":
          entered = now();
          stages = stages.slice(Math.max(0, stages.indexOf(event.stage)));
          return;
        case "gate:start":
          working.set(event.gate, { since: now(), left: event.components.length });
          return;
        case "gate:end": {
          const gate = working.get(event.gate);
          if (gate === undefined) return;
          gate.left -= 1;
          if (gate.left <= 0) working.delete(event.gate);
          return;
        }
        case "agent:start":
          working.set(event.agent, { since: now(), left: 1 });
          return;
        case "agent:end":
          working.delete(event.agent);
          return;
        case "run:end":
          clearTimeout(timer);
          return;
        default:
      }
    },
    stop: () => clearTimeout(timer),
  };
}
