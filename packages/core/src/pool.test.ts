import { describe, expect, it } from "vitest";
import { createPool } from "./pool.ts";

describe("the pool", () => {
  it("runs no more tasks at once than it has places", async () => {
    const pool = createPool(2);
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 9 }, () => pool.run("light", task)));
    expect(most).toBe(2);
  });

  it("starts heavy tasks first and keeps the order among equals", async () => {
    const pool = createPool(1);
    const order: string[] = [];
    const run = (cost: "light" | "heavy", name: string): Promise<void> =>
      pool.run(cost, async () => void order.push(name));
    await Promise.all([run("light", "a"), run("heavy", "B"), run("light", "c"), run("heavy", "D")]);
    expect(order).toEqual(["B", "D", "a", "c"]);
  });

  it("gives a place back when a task fails", async () => {
    const pool = createPool(1);
    await expect(pool.run("light", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    await expect(pool.run("light", async () => 1)).resolves.toBe(1);
  });

  it("gives waiting work a place of its own only where one is left for the others", async () => {
    const pool = createPool(2);
    const answer = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const asked = pool.run("network", () => answer.promise);
    await Promise.all([pool.run("heavy", task), pool.run("light", task), pool.run("light", task)]);
    expect(most).toBe(1);
    answer.resolve();
    await asked;
    await Promise.all([pool.run("light", task), pool.run("light", task)]);
    expect(most).toBe(2);
  });

  it("starts waiting work at once, beside full places", async () => {
    const pool = createPool(1);
    const gate = Promise.withResolvers<void>();
    const busy = pool.run("heavy", () => gate.promise);
    await expect(pool.run("network", async () => "answered")).resolves.toBe("answered");
    gate.resolve();
    await busy;
  });
});
