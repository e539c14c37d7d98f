import { Breakage } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { notImportable } from "./not-importable.ts";
import { missingModule } from "./own-modules.ts";
import type { PytestLog } from "./pytest-log.ts";
import { testOutcomes, type TestOutcome } from "./test-outcomes.ts";

/** What one process of pytest left behind. */
export interface PytestFacts {
  /** Exit code of the process. */
  readonly code: number;
  /** What it wrote to its streams. */
  readonly output: string;
  readonly log: PytestLog;
  /** The log's last record. */
  readonly finish: NonNullable<PytestLog["finish"]>;
  /** How many failed or broken test cases the JUnit file has. */
  readonly junitFailures: number;
  /** Names under which the component's source is imported. */
  readonly own: ReadonlySet<string>;
}

/** A run whose facts agree. */
export interface SoundRun {
  readonly tests: readonly TestOutcome[];
  /** What does not fit but decides nothing. */
  readonly notes: readonly string[];
}

/**
 * Breakage of a run that did not come to its end, naming the test in which it died.
 * @param how how the process ended, e.g. `exit code 0` or `SIGSEGV`
 */
export function died(log: PytestLog, how: string, output: string): Breakage {
  const finished = log.tests.at(-1)?.nodeid;
  const last = log.begun.at(-1) ?? finished;
  const where =
    last === undefined ? "before the first test" : `${last === finished ? "after" : "in"} ${last}`;
  return new Breakage("tool-crash", {
    message: `pytest died ${where} (${how}) without coming to its end`,
    why: excerpt(output) || "It wrote nothing; a test may have called os._exit.",
    fix: last === undefined ? [] : [`python -m pytest ${last}`],
  });
}

/**
 * Holds the facts of a run against each other and returns its tests. The first rule that fits decides; failed tests
 * are data here, not breakage.
 * @throws {Breakage} `tool-crash`, `environment`, `no-input`, `tool-config` or `mismatch`
 */
export function soundRun({ code, output, log, finish, junitFailures, own }: PytestFacts): SoundRun {
  const { collectErrors } = log;
  const [bent] = finish.bent;
  if (bent !== undefined) {
    const more = finish.bent.length > 1 ? ` and ${finish.bent.length - 1} more parts of pytest` : "";
    throw new Breakage("mismatch", {
      message: `${excerpt(bent, 200)}${more} was replaced while the tests ran, so their outcomes say nothing`,
      why: "The tests, or the code that they test, reach into the tool that judges them.",
      fix: ["Remove what replaces it, or undo it when its test ends, as pytest's monkeypatch does."],
    });
  }
  const exits = `the session ended with ${finish.exit}, the process with ${code}`;
  // A process that ends with 0 all the same cannot take a failure back.
  if (code !== finish.exit && code !== 0) throw contradiction(exits);
  const tests = testOutcomes(log);
  const failed = tests.filter((test) => test.outcome === "failed");

  const missing = [...collectErrors, ...failed].map((problem) => missingModule(problem.message ?? ""));
  const [module] = missing;
  if (module !== undefined && missing.every((name) => name !== undefined && own.has(name)))
    throw notImportable(module);

  const problems = failed.length + collectErrors.length;
  if (problems > 0) {
    if (junitFailures > 0) return { tests, notes: [] };
    throw contradiction(`${problems} tests failed by its log and none by its JUnit file`);
  }
  if (finish.exit === 3) {
    throw new Breakage("tool-crash", {
      message: "pytest ended with an internal error (3)",
      why: excerpt(output),
    });
  }
  if (finish.exit === 4 && finish.collected === 0) {
    throw new Breakage("tool-config", {
      message: "pytest refused its arguments (4)",
      why: excerpt(output),
    });
  }
  if (finish.collected === 0) {
    throw new Breakage("no-input", { message: `pytest collected no test (exit code ${code})` });
  }
  if (log.tests.length === 0) {
    throw new Breakage("no-input", {
      message: `pytest collected ${finish.collected} tests and ran none (exit code ${code})`,
      fix: ["Remove --collect-only, --setup-plan and the like from the project's addopts."],
    });
  }
  if (tests.length < finish.collected) {
    throw contradiction(
      `${finish.collected} tests were collected, ${tests.length} have an outcome and none of them failed (exit code ${code})`,
    );
  }
  if (code !== finish.exit) throw contradiction(exits);
  const ended = new Set(tests.map((test) => test.nodeid));
  const open = log.begun.find((nodeid) => !ended.has(nodeid));
  if (open !== undefined) throw contradiction(`${open} was begun and has no outcome`);
  if (![0, 1, 6].includes(code)) throw contradiction(`no test failed, but the exit code is ${code}`);
  if (junitFailures > 0)
    throw contradiction(`no test failed by its log and ${junitFailures} by its JUnit file`);
  if (!tests.some((test) => test.outcome === "passed")) {
    throw new Breakage("no-input", {
      message: `none of ${tests.length} tests passed or failed: all were skipped or expected to fail`,
    });
  }
  return {
    tests,
    notes: code === 0 ? [] : [`pytest ended with ${code} although no test failed: ${reason(code)}`],
  };
}

function reason(code: number): string {
  return code === 6 ? "too many warnings for the project" : "a threshold of the project, or a plugin";
}

function contradiction(what: string): Breakage {
  return new Breakage("mismatch", { message: `pytest contradicts itself: ${what}` });
}
