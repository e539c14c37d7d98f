import {
  deploymentIn,
  factsOf,
  recordsOf,
  systemClock,
  TowpathError,
  type Component,
  type Environment,
  type Exec,
  type Journal,
} from "@towpath/core";
import type { Config } from "@towpath/core/config";
import { createExec, createRedactor, sanitize } from "@towpath/kit";
import type { ProberParts, UptimeOptions } from "@towpath/gate-uptime";
import type { Project } from "./project.ts";

/**
 * What a prober of a component works with: the options of gate-uptime, and the journal to write to. When the budget of a
 * soak is burnt, the run that waits for it is due at once.
 * @throws {TowpathError} TP1001 when gate-uptime is not configured
 */
export async function proberParts(
  project: Project,
  journal: Journal,
  {
    component,
    environment,
    signal,
    onSample,
  }: {
    readonly component: Component;
    readonly environment: Environment;
    readonly signal: AbortSignal;
    readonly onSample?: ProberParts["onSample"];
  },
): Promise<ProberParts> {
  const { budgetBurnt, createAlerter, parseUptimeOptions, questionOf, windowStart } =
    await import("@towpath/gate-uptime");
  const options = await parseUptimeOptions(uptimeOptions(project.config));
  const { root } = project;
  const exec: Exec = createExec({
    root,
    runId: `probe-${component.name}`,
    env: process.env,
    redact: createRedactor(process.env).redact,
  });
  const { name } = component;
  const wakeIfBurnt = (): void => {
    const deployment = deploymentIn(factsOf(journal, name), environment);
    if (deployment === undefined || environment !== "staging") return;
    const question = questionOf(options, deployment, Date.now());
    const query = { environment, digest: deployment.digest, from: windowStart(question) };
    if (budgetBurnt(journal.samples(name, query), question)) wake(journal, name);
  };
  return {
    component: name,
    environment,
    options,
    records: recordsOf(journal, name),
    write: (samples) => journal.commit({ samples }),
    clock: systemClock,
    exec,
    signal,
    onSample(sample) {
      onSample?.(sample);
      if (sample.state === "down") wakeIfBurnt();
    },
    log: (line) => void process.stderr.write(`${sanitize(line)}\n`),
    ...alerter(options, (alert) => createAlerter(alert, { exec, root })),
  };
}

function alerter(
  { alert }: UptimeOptions,
  make: (alert: NonNullable<UptimeOptions["alert"]>) => NonNullable<ProberParts["alert"]>,
): Pick<ProberParts, "alert"> {
  return alert === undefined ? {} : { alert: make(alert) };
}

function uptimeOptions({ plugins, file }: Config): unknown {
  for (const entry of plugins) {
    const [name, options] =
      typeof entry === "string"
        ? [entry, undefined]
        : "setup" in entry
          ? [entry.name, entry.options]
          : [entry[0], entry[1]];
    if (/^(?:@towpath\/)?gate-uptime$/.test(name)) return options;
  }
  throw new TowpathError("TP1001", {
    message: "the plugin gate-uptime, whose options say how to probe, is not configured",
    fix: ["Add gate-uptime to `plugins:`."],
    where: file === undefined ? [] : [file],
  });
}

/** Whether the configuration says how to probe. */
export function canProbe(config: Config): boolean {
  try {
    uptimeOptions(config);
    return true;
  } catch {
    return false;
  }
}

/** Lets `towpath resume --due` find the run that waits for this component. */
function wake(journal: Journal, component: string): void {
  const now = Date.now();
  for (const { id, status, wait } of journal.runs({ component, open: true })) {
    if (status !== "parked" || wait?.until === undefined || wait.until <= now) continue;
    journal.commit({ update: { run: id, wait: { ...wait, until: now } } });
  }
}
