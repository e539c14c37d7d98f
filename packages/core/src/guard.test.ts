import { describe, expect, it } from "vitest";
import type { TowpathError } from "./errors.ts";
import type { GuardState } from "./guard.ts";
import { createHooks, type Hooks } from "./hooks.ts";
import type { RunReport } from "./report.ts";
import type { Session } from "./session.ts";

function setup(limitMs = 1000): { hooks: Hooks; state: GuardState; warnings: TowpathError[] } {
  const warnings: TowpathError[] = [];
  const state: GuardState = {
    settingUp: "@acme/plugin",
    sealed: false,
    pending: new Map(),
    seq: 0,
    before: [],
    limitMs,
    warn: (error) => void warnings.push(error),
  };
  return { hooks: createHooks(state), state, warnings };
}
const session: Session = { id: "s", component: "foo", messages: [] };

describe("the guard", () => {
  it("turns the throw of a later tap into a rejection that names plugin and hook", async () => {
    const { hooks } = setup();
    hooks.configure.tapPromise("one", async (config) => config);
    hooks.configure.tapPromise("two", () => {
      throw new Error("boom");
    });
    await expect(hooks.configure.promise({})).rejects.toMatchObject({
      data: { code: "TP1301", message: "@acme/plugin failed in the hook configure: boom" },
    });
  });

  it("settles when a tapPromise returns no promise", async () => {
    const { hooks } = setup();
    hooks.configure.tapPromise("one", async (config) => config);
    // A plugin in JavaScript may do this; tapable alone would then never settle.
    hooks.configure.tapPromise("two", (() => ({ a: 1 })) as never);
    await expect(hooks.configure.promise({})).resolves.toEqual({ a: 1 });
  });

  it("awaits async functions given to tap", async () => {
    const { hooks } = setup();
    const order: string[] = [];
    hooks.stage.for("testing").tap("one", (async () => {
      await Promise.resolve();
      order.push("tap");
    }) as never);
    await hooks.stage.for("testing").promise({} as never);
    order.push("after");
    expect(order).toEqual(["tap", "after"]);
  });

  it("accepts callbacks of tapAsync", async () => {
    const { hooks } = setup();
    hooks.configure.tapAsync("one", (config, done) => done(null, { ...config, seen: true }));
    await expect(hooks.configure.promise({})).resolves.toEqual({ seen: true });
  });

  it("rejects a tap that never settles, and tracks it while it is pending", async () => {
    const { hooks, state } = setup(20);
    hooks.plan.tapPromise("one", () => new Promise(() => undefined));
    const call = hooks.plan.promise({} as never);
    await Promise.resolve();
    expect([...state.pending.values()]).toEqual(["(@acme/plugin) plan"]);
    await expect(call).rejects.toMatchObject({ data: { code: "TP1302" } });
    expect(state.pending.size).toBe(0);
  });

  it("refuses taps after set-up", () => {
    const { hooks, state } = setup();
    state.sealed = true;
    expect(() => hooks.plan.tapPromise("late", async (plan) => plan)).toThrow(/after set-up/);
    expect(() => hooks.stage.for("staging").tapPromise("late", async () => undefined)).toThrow(
      /after set-up/,
    );
  });

  it("collects failures of hooks that must not change the verdict", async () => {
    const { hooks, warnings } = setup();
    hooks.saveSession.tapPromise("store", async () => {
      throw new Error("disk full");
    });
    hooks.runEnd.tapPromise("sink", async () => {
      throw new Error("no route");
    });
    await hooks.saveSession.promise(session);
    await hooks.runEnd.promise({} as RunReport);
    expect(warnings.map((warning) => warning.message)).toEqual([
      "@acme/plugin failed in the hook saveSession: disk full",
      "@acme/plugin failed in the hook runEnd: no route",
    ]);
  });

  it("lets the first answer of a bail hook win", async () => {
    const { hooks } = setup();
    hooks.stageEnter.for("testing").tapPromise("a", async () => undefined);
    hooks.stageEnter.for("testing").tapPromise("b", async () => ({ action: "block", reason: "freeze" }));
    hooks.stageEnter.for("testing").tapPromise("c", async () => ({ action: "skip", reason: "no" }));
    await expect(hooks.stageEnter.for("testing").promise({} as never)).resolves.toEqual({
      action: "block",
      reason: "freeze",
    });
  });

  it("knows the six stages only", () => {
    const { hooks } = setup();
    // @ts-expect-error a misspelt stage is a compile error
    expect(() => hooks.stage.for("tseting")).toThrow(/no stage tseting/);
  });
});
