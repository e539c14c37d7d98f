import type { DeployAction } from "@towpath/core";
import type { DeployerBench, Yard } from "./deployer-bench.ts";
import type { DeployerWork } from "./deployer-work.ts";

/** Promises on a deployer whose process ends, or whose time is over, in the midst of its work. */
export function deployerCrashPromises({ options, expect, promise }: DeployerBench): void {
  const { crashes = 8 } = options;

  promise(
    "is right about an apply whose process was killed, and can do it again",
    "crashes",
    async (yard) => {
      const first = yard.effect(await yard.good("first"));
      const tale = await yard.inChild(first, "apply", 0);
      if (tale === "killed") throw new Error("the child was killed though nobody asked for it");
      // The process was told to end right after its work, so that nobody learnt the result.
      await expectRight(yard, first, "apply", "done");
      for (const point of spread(tale.points, crashes)) {
        const work = yard.effect(await yard.good(`crash-${point}`));
        const outcome = await yard.inChild(work, "apply", point);
        await expectRight(yard, work, "apply", outcome === "killed" ? `killed at point ${point}` : "done");
        const { deployer, ctx } = await yard.attempt({ ...work, epoch: 2 });
        const result = await deployer.apply(ctx);
        expect(result.state, `apply again after point ${point}: ${JSON.stringify(result)}`).toBe("deployed");
        await expectRight(yard, { ...work, epoch: 2 }, "apply", "done");
        expect((await deployer.verify(ctx)).healthy, `verify after point ${point}`).toBe(true);
      }
    },
  );

  promise(
    "is right about a rollback whose process was killed, and can do it again",
    "crashes",
    async (yard) => {
      const first = await yard.deploy("first", true);
      const counted = yard.effect(await yard.deploy("counted", false));
      const tale = await yard.inChild(counted, "rollback", 0);
      if (tale === "killed") throw new Error("the child was killed though nobody asked for it");
      await expectRight(yard, counted, "rollback", "done", first.digest);
      for (const point of spread(tale.points, crashes)) {
        const work = yard.effect(await yard.deploy(`crash-${point}`, false));
        const outcome = await yard.inChild(work, "rollback", point);
        const when = outcome === "killed" ? `killed at point ${point}` : "done";
        await expectRight(yard, work, "rollback", when, first.digest);
        const { deployer, ctx } = await yard.attempt({ ...work, epoch: 2 });
        const result = await deployer.rollback(ctx);
        expect(result.current, `rollback again after point ${point}`).toBe(first.digest);
        await expectRight(yard, { ...work, epoch: 2 }, "rollback", "done", first.digest);
        expect((await deployer.status(ctx)).rejected.includes(work.release.digest)).toBe(true);
      }
    },
  );

  promise("is right about an apply whose time was over, and can do it again", undefined, async (yard) => {
    await yard.deploy("first", true);
    let points = 0;
    const counting = await yard.attempt(
      yard.effect(await yard.good("counted")),
      undefined,
      () => void points++,
    );
    await counting.deployer.apply(counting.ctx);
    for (const point of spread(points, Math.min(crashes, 3))) {
      const work = yard.effect(await yard.good(`abort-${point}`));
      const stop = new AbortController();
      let passed = 0;
      const stopped = await yard.attempt(work, stop.signal, () => {
        if (++passed === point) stop.abort();
      });
      await stopped.deployer.apply(stopped.ctx).catch(() => {});
      await expectRight(yard, work, "apply", `stopped at point ${point}`);
      const { deployer, ctx } = await yard.attempt({ ...work, epoch: 2 });
      const result = await deployer.apply(ctx);
      expect(result.state, `apply again after point ${point}: ${JSON.stringify(result)}`).toBe("deployed");
      await expectRight(yard, { ...work, epoch: 2 }, "apply", "done");
    }
  });

  /**
   * Whether what probe and status say is true of the target, and a finished effect is known. What was started may come
   * up at any moment meanwhile, so the target is looked at before and after.
   */
  async function expectRight(
    yard: Yard,
    work: DeployerWork,
    action: DeployAction,
    when: string,
    goal: string = work.release.digest,
  ): Promise<void> {
    const { deployer, ctx } = await yard.attempt({ ...work, epoch: work.epoch + 1 });
    const before = await yard.target.runs();
    const answer = await deployer.probe(ctx, action);
    const after = await yard.target.runs();
    if (when === "done") expect(answer.state, `probe of a finished ${action}`).toBe("applied");
    if (answer.state === "applied") expect(after, `${action} ${when}: probe says applied`).toBe(goal);
    if (answer.state === "absent") {
      expect(before === goal, `${action} ${when}: probe says absent, and it was done`).toBe(false);
    }
    const { current } = await deployer.status(ctx);
    const later = await yard.target.runs();
    expect([after, later].includes(current), `${action} ${when}: status says ${current}, not ${later}`).toBe(
      true,
    );
  }
}

/** Up to `most` of the points 1 to `last`, evenly, the first and the last among them. */
function spread(last: number, most: number): readonly number[] {
  if (last <= most) return Array.from({ length: last }, (_, index) => index + 1);
  const step = (last - 1) / Math.max(1, most - 1);
  return [...new Set(Array.from({ length: most }, (_, index) => 1 + Math.round(index * step)))];
}
