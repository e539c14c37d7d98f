import type { DeployerBench } from "./deployer-bench.ts";

/** Promises on what a deployer says and does while nothing breaks. */
export function deployerPromises({ expect, promise, breaks, readsOnly }: DeployerBench): void {
  promise("tells what it would do, and what runs there, without doing anything", undefined, async (yard) => {
    const { target } = yard;
    const { deployer, ctx } = await yard.attempt(yard.effect(await yard.good("first")));
    const plan = await readsOnly(target, () => deployer.plan(ctx), "plan");
    expect(plan.length > 0 && plan.every((line) => line.trim() !== ""), "the plan says nothing").toBe(true);
    const status = await readsOnly(target, () => deployer.status(ctx), "status");
    expect({ ...status, url: undefined }).toEqual({
      current: undefined,
      verified: [],
      rejected: [],
      url: undefined,
    });
    expect(await target.runs()).toBe(undefined);
  });

  promise(
    "says absent before and applied after, with the same result, and of no other key",
    undefined,
    async (yard) => {
      const { target } = yard;
      const work = yard.effect(await yard.good("first"));
      const before = await yard.attempt(work);
      for (const action of ["apply", "rollback"] as const) {
        const answer = await readsOnly(target, () => before.deployer.probe(before.ctx, action), "probe");
        expect(answer, `probe of ${action} before`).toEqual({ state: "absent" });
      }
      const result = await before.deployer.apply(before.ctx);
      expect(result.state).toBe("deployed");
      expect(await target.runs()).toBe(work.release.digest);

      // Another process, with nothing in its memory: the caller may have been told that it failed.
      const after = await yard.attempt({ ...work, epoch: 2 });
      const answer = await readsOnly(target, () => after.deployer.probe(after.ctx, "apply"), "probe");
      expect(answer, "probe of apply after").toEqual({ state: "applied", result });
      expect(await after.deployer.probe(after.ctx, "rollback"), "probe of rollback").toEqual({
        state: "absent",
      });
      const other = await yard.attempt(yard.effect(work.release));
      expect(await other.deployer.probe(other.ctx, "apply"), "probe of another key").toEqual({
        state: "absent",
      });
      const status = await readsOnly(target, () => after.deployer.status(after.ctx), "status");
      expect(status.current).toBe(work.release.digest);

      expect(await after.deployer.apply(after.ctx), "apply again with the same key").toEqual(result);
      expect(await target.runs()).toBe(work.release.digest);
    },
  );

  promise("refuses an older owner of a run, and takes another run", undefined, async (yard) => {
    const { target } = yard;
    const first = yard.effect(await yard.good("first"));
    const newer = await yard.attempt({ ...first, epoch: 2 });
    await newer.deployer.apply(newer.ctx);
    const older = await yard.attempt({ ...first, epoch: 1 });
    await breaks(older.deployer.apply(older.ctx), "apply by an older owner");
    await breaks(older.deployer.rollback(older.ctx), "rollback by an older owner");
    expect(await target.runs()).toBe(first.release.digest);
    // Every run begins to count anew.
    const second = await yard.deploy("second", false);
    expect(await target.runs()).toBe(second.digest);
  });

  promise("refuses a bad release, and the target is what it was", "refusal", async (yard) => {
    const { target } = yard;
    const first = await yard.deploy("first", true);
    const work = yard.effect(await target.release("bad", "bad"));
    const { deployer, ctx } = await yard.attempt(work);
    const result = await deployer.apply(ctx);
    expect(result.state).toBe("refused");
    expect(result.state === "refused" && result.reason.trim() !== "", "refused without a reason").toBe(true);
    expect(await target.runs()).toBe(first.digest);
    const { current, verified } = await deployer.status(ctx);
    expect({ current, verified }).toEqual({ current: first.digest, verified: [first.digest] });
    const probe = await deployer.probe(ctx, "apply");
    expect(
      probe.state === "absent" || (probe.state === "applied" && probe.result.state === "refused"),
      `probe says ${JSON.stringify(probe)}`,
    ).toBe(true);
    const watch = await deployer.verify(ctx);
    expect(watch.healthy, "verify of a release that does not run").toBe(false);
  });

  promise("watches without changing anything, and notices what is not healthy", "harm", async (yard) => {
    const { target } = yard;
    const work = yard.effect(await yard.good("first"));
    const { deployer, ctx } = await yard.attempt(work);
    await deployer.apply(ctx);
    const good = await readsOnly(target, () => deployer.verify(ctx), "verify");
    expect(good.healthy, JSON.stringify(good)).toBe(true);
    const other = await yard.attempt(yard.effect(await yard.good("second")));
    const absent = await readsOnly(target, () => other.deployer.verify(other.ctx), "verify");
    expect(absent.healthy, "verify of a release that does not run").toBe(false);
    await target.harm();
    const bad = await readsOnly(target, () => deployer.verify(ctx), "verify");
    expect(bad.healthy, "verify of a release that was harmed").toBe(false);
  });

  promise("brings back the last verified release, once, and marks the bad one", undefined, async (yard) => {
    const { target } = yard;
    const first = await yard.deploy("first", true);
    const second = await yard.deploy("second", true);
    const third = await yard.deploy("third", false);
    const back = yard.effect(third);
    const { deployer, ctx } = await yard.attempt(back);
    const before = await readsOnly(target, () => deployer.probe(ctx, "rollback"), "probe");
    expect(before).toEqual({ state: "absent" });
    const result = await deployer.rollback(ctx);
    expect(result.current).toBe(second.digest);
    expect(await target.runs()).toBe(second.digest);

    const again = await yard.attempt({ ...back, epoch: 2 });
    const answer = await readsOnly(target, () => again.deployer.probe(again.ctx, "rollback"), "probe");
    expect(answer).toEqual({ state: "applied", result });
    expect(await again.deployer.rollback(again.ctx), "rollback again with the same key").toEqual(result);
    const status = await again.deployer.status(again.ctx);
    expect(status.current).toBe(second.digest);
    expect(status.verified).toEqual([first.digest, second.digest]);
    expect(status.rejected).toEqual([third.digest]);

    const redeploy = await yard.attempt(yard.effect(third));
    expect((await redeploy.deployer.apply(redeploy.ctx)).state, "a rejected release").toBe("refused");
    expect(await target.runs()).toBe(second.digest);

    // Twice: the next one before it, then there is none.
    const twice = await yard.attempt(yard.effect(second));
    expect((await twice.deployer.rollback(twice.ctx)).current).toBe(first.digest);
    expect(await target.runs()).toBe(first.digest);
    const thrice = await yard.attempt(yard.effect(first));
    const nothing = await thrice.deployer.rollback(thrice.ctx);
    expect(nothing.current).toBe(undefined);
    expect(await target.runs()).toBe(undefined);
    expect(await thrice.deployer.probe(thrice.ctx, "rollback")).toEqual({
      state: "applied",
      result: nothing,
    });
    expect((await thrice.deployer.status(thrice.ctx)).current).toBe(undefined);
  });

  promise("confirms again and again, and only what runs", undefined, async (yard) => {
    const first = await yard.deploy("first", true);
    const second = await yard.deploy("second", true);
    const { deployer, ctx } = await yard.attempt(yard.effect(second));
    await deployer.confirm(ctx);
    expect((await deployer.status(ctx)).verified).toEqual([first.digest, second.digest]);
    const absent = await yard.attempt(yard.effect(await yard.good("third")));
    await breaks(absent.deployer.confirm(absent.ctx), "confirm of a release that does not run");
  });
}
