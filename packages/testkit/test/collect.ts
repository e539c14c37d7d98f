import { expect } from "vitest";
import type { TestRunner } from "../src/index.ts";

/** A promise that a suite registered, and how it ended. */
export interface Outcome {
  readonly title: string;
  /** Why it was broken, if it was. */
  readonly error: string | undefined;
}

/** A test runner that only collects, so that a suite can be seen failing. */
export interface Collector {
  readonly runner: TestRunner;
  /** The titles of what was collected, with those of their groups. */
  titles(): readonly string[];
  /** Runs what was collected and has a wanted title, one after the other. */
  run(wanted: RegExp): Promise<readonly Outcome[]>;
}

/** Makes a collector. */
export function collect(): Collector {
  const tests: { readonly title: string; readonly body: () => Promise<void> }[] = [];
  const path: string[] = [];
  return {
    runner: {
      expect,
      describe(name, body) {
        path.push(name);
        body();
        path.pop();
      },
      it: (name, body) => tests.push({ title: [...path, name].join(" > "), body }),
    },
    titles: () => tests.map(({ title }) => title),
    async run(wanted) {
      const outcomes: Outcome[] = [];
      for (const { title, body } of tests.filter((test) => wanted.test(test.title))) {
        const error = await body().then(
          () => undefined,
          (thrown: unknown) => String(thrown),
        );
        outcomes.push({ title, error });
      }
      return outcomes;
    },
  };
}
