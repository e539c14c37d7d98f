import { type Breakage, isBreakage } from "@towpath/core";

/** The result of `work`, or the breakage that it threw; any other error goes on. */
export async function orBreakage<T>(work: () => Promise<T>): Promise<T | Breakage> {
  try {
    return await work();
  } catch (error) {
    if (isBreakage(error)) return error;
    throw error;
  }
}
