/** What the suite asks of `expect`. */
export interface Matchers {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
}

/** The test runner that hosts a suite: vitest's, or any with the same three functions. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>, timeoutMs?: number) => unknown;
  readonly expect: (actual: unknown, message?: string) => Matchers;
}

/** Limit of one promise in milliseconds: some run a real tool several times. */
export const promiseLimitMs = 180_000;
