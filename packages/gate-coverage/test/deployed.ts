import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { memoryJournal, type GateResult, type Journal, type Target } from "@towpath/core";
import { project, pythonEnv, runGate } from "@towpath/testkit";
import { onTestFinished } from "vitest";
import coverage, { type CoverageUserOptions } from "../src/index.ts";

/** Digest of the release that staging runs. */
export const release: string = "a".repeat(64);

/** A release that answers every request with a text, as staging may run it. */
export interface Staging {
  readonly url: string;
  /** What was asked for: the path, with the release that the suite was told. */
  readonly asked: readonly string[];
}

/** Starts a release that lives as long as the test. */
export async function staging(answer: string): Promise<Staging> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} of ${request.headers["x-release"]}`);
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A journal in which staging runs the release. @param url where it answers, if anyone knows */
export function deployedAt(url: string | undefined): Journal {
  const journal = memoryJournal();
  const fact = {
    kind: "deployment",
    environment: "staging",
    digest: release,
    state: "verified",
    current: release,
    at: new Date().toISOString(),
    ...(url === undefined ? {} : { url }),
  } as const;
  journal.commit({ facts: [{ component: "foo", fact }] });
  return journal;
}

/** What one gate is run with. */
export interface KindSetup {
  readonly options: CoverageUserOptions;
  /** Where staging answers. @default nobody knows */
  readonly url?: string;
  /** @default staging runs the release */
  readonly journal?: Journal;
  /** @default "production" */
  readonly target?: Target;
  readonly env?: Readonly<Record<string, string>>;
  /** Source of the component, as paths. */
  readonly tests?: readonly string[];
}

/** The result of one gate on a project of files, with the real pytest. */
export async function checkKind(
  gate: "tests" | "coverage" | "integration" | "integration-coverage" | "e2e",
  files: Readonly<Record<string, string>>,
  { options, url, journal = deployedAt(url), target = "production", env, tests = ["tests"] }: KindSetup,
): Promise<GateResult> {
  const { root } = await project(files);
  return runGate(coverage(options), gate, {
    root,
    component: { tests },
    target,
    journal,
    env: { ...(await pythonEnv()).env, ...env },
  });
}
