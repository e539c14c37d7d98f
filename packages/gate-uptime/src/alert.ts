import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Breakage, type Environment, type Exec, type Sample } from "@towpath/core";
import { excerpt, toRepoPath } from "@towpath/kit";
import type { AlertOptions } from "./options.ts";

/** What is told of an outage, as one line of JSON. */
export interface Alert {
  readonly schemaVersion: 1;
  readonly kind: "uptime";
  readonly state: "down" | "recovered";
  readonly component: string;
  readonly environment: Environment;
  /** Digest of the release that was meant to answer. */
  readonly digest: string;
  /** ISO time of the first probe of the outage that was down. */
  readonly since: string;
  /** ISO time of the probe that set the alert off. */
  readonly at: string;
  /** Probes of the outage that were down. */
  readonly downs: number;
  /** What the probe saw. */
  readonly detail?: string;
  /** All of it in one line, for people. */
  readonly text: string;
}

/** Delivers an alert. @throws when it was not delivered */
export type Alerter = (alert: Alert) => Promise<void>;

/** What delivers alerts. */
export interface AlerterParts {
  readonly exec: Exec;
  /** Absolute path of the repository. */
  readonly root: string;
}

const commandLimitMs = 30_000;

/**
 * Makes what delivers alerts as the options say: to a command on standard input, or at the end of a file, whose folder
 * is made if need be.
 * @throws {TowpathError} (the alerter) TP1005 when the file lies outside the repository
 * @throws {Breakage} (the alerter) `tool-crash` when the command did not end with exit code 0
 */
export function createAlerter(options: AlertOptions, { exec, root }: AlerterParts): Alerter {
  if ("file" in options)
    return async (alert) => appendLine(join(root, toRepoPath(root, options.file)), lineOf(alert));
  const [command = "", ...args] = options.command;
  return async (alert) => {
    const result = await exec({ command, args, stdin: lineOf(alert), timeoutMs: commandLimitMs });
    if (result.status === "exited" && result.code === 0) return;
    const why = result.startError?.message ?? result.stderr;
    throw new Breakage("tool-crash", {
      message: `the alert was not delivered: ${excerpt(command, 200)} ${ended(result)}`,
      why: excerpt(why, 500),
    });
  };
}

/** Turns samples into alerts. */
export interface OutageWatch {
  /** Takes the next sample; answers with the alert that is due. */
  see(sample: Sample): Alert | undefined;
  /** Says that an alert was not delivered: it is due again with the next sample that bears it out. */
  failed(alert: Alert): void;
}

/**
 * Watches for outages: one alert when so many probes in a row were down, and one when the release is up again. An
 * unknown sample neither begins nor ends an outage.
 * @param after how many probes in a row
 */
export function watchOutages(after: number): OutageWatch {
  let first: Sample | undefined;
  let downs = 0;
  let told = false;
  let owed: Alert | undefined;
  const alertOf = (state: Alert["state"], begun: Sample, sample: Sample): Alert => ({
    schemaVersion: 1,
    kind: "uptime",
    state,
    component: sample.component,
    environment: sample.environment,
    digest: sample.digest,
    since: new Date(begun.t).toISOString(),
    at: new Date(sample.t).toISOString(),
    downs,
    ...(sample.detail === undefined ? {} : { detail: sample.detail }),
    text: `${sample.component} in ${sample.environment} ${state === "down" ? "is down" : "has recovered"} after ${downs} probes that were down${sample.detail === undefined ? "" : `: ${sample.detail}`}`,
  });
  return {
    see(sample) {
      if (sample.state === "unknown") return undefined;
      if (sample.state === "down") {
        owed = undefined;
        first ??= sample;
        downs += 1;
        if (told || downs < after) return undefined;
        told = true;
        return alertOf("down", first, sample);
      }
      const due = told && first !== undefined ? alertOf("recovered", first, sample) : owed;
      first = undefined;
      downs = 0;
      told = false;
      owed = undefined;
      return due;
    },
    failed(alert) {
      if (alert.state === "down") told = false;
      else if (first === undefined) owed = alert;
    },
  };
}

function lineOf(alert: Alert): string {
  return `${JSON.stringify(alert)}\n`;
}

async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(line);
  } finally {
    await file.close();
  }
}

function ended({ status, code, signal }: Awaited<ReturnType<Exec>>): string {
  if (status === "exited") return `ended with exit code ${code}`;
  if (status === "signalled") return `was ended by ${signal}`;
  return status === "timed-out" ? `took longer than ${commandLimitMs} ms` : status;
}
