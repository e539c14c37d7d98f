import { types } from "node:util";
import { runInNewContext } from "node:vm";

/** Thrown when a computation was stopped because its time was up. */
export class BudgetExceeded extends Error {
  override readonly name = "BudgetExceeded";
}

/**
 * Runs a synchronous computation and stops it when its time is up, wherever it is: V8 interrupts loops and regular
 * expressions alike, so no input can hold the thread. On a machine too busy to give the computation even half of its
 * time it is tried once more, four times as long: a slow neighbour must not refuse a harmless input.
 * @param work must have no side effects: it may be cut off anywhere
 * @param budgetMs limit in milliseconds
 * @param cpuMs processor time of this process so far, in milliseconds
 * @throws {BudgetExceeded} when the time was up; whatever `work` throws
 */
export function withinBudget<T>(work: () => T, budgetMs: number, cpuMs: () => number = processCpuMs): T {
  const before = cpuMs();
  try {
    return interruptible(work, budgetMs);
  } catch (error) {
    const starved = error instanceof BudgetExceeded && cpuMs() - before < budgetMs / 2;
    if (!starved) throw error;
    return interruptible(work, 4 * budgetMs);
  }
}

function interruptible<T>(work: () => T, timeout: number): T {
  let result: { readonly value: T } | undefined;
  const run = (): void => {
    result = { value: work() };
  };
  try {
    runInNewContext("run()", { run }, { timeout });
  } catch (error) {
    // An error of the other context is no instance of this one's Error.
    if (types.isNativeError(error) && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
      throw new BudgetExceeded(`stopped after ${timeout} ms`, { cause: error });
    }
    throw error;
  }
  if (result === undefined) throw new BudgetExceeded(`stopped after ${timeout} ms`);
  return result.value;
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
