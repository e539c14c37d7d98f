import { Breakage, type DeployContext, type ProbeAnswer, type RollbackResult } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { HostTarget } from "./host-target.ts";
import type { TargetState } from "./records.ts";
import { folderOf, type ReleaseFolder } from "./target-folder.ts";

/** Marks a release as bad and brings back the last verified one, or goes on where an interrupted call stopped. */
export async function rollback(ctx: DeployContext, host: HostTarget): Promise<RollbackResult> {
  const { key, run, epoch, release } = ctx;
  const { folder } = host;
  return host.change(ctx, async () => {
    const state = await reject(ctx, host);
    const current = await folder.current();
    const goal = goalOf(state, current, await folder.releases());
    const note = (step: string): Promise<void> =>
      folder.note({
        at: new Date(ctx.clock.now()).toISOString(),
        run,
        key,
        digest: release.digest,
        step,
        to: goal?.record.digest,
      });
    await note("rolling back");
    if (goal === undefined) {
      await folder.remember({ emptied: { key, run, epoch } });
      if (current !== undefined) await host.supervisor.stop();
      await folder.empty();
      ctx.log("stopped: no release was verified here");
      await note("emptied");
      return { current: undefined };
    }
    const marked = await folder.markRollback(goal, { key, run, epoch });
    if (goal.name !== current?.name) await host.switchTo(marked);
    if (!(await host.serves(marked))) {
      const problem = await host.restart(marked);
      if (problem !== undefined) {
        throw new Breakage("tool-crash", {
          message: `the release ${goal.record.digest.slice(0, 12)} was brought back, and does not become healthy`,
          why: excerpt(problem),
          fix: [`Read its log: ${goal.path}/service.log`],
        });
      }
    }
    await note("rolled back");
    return { current: goal.record.digest, url: host.url };
  });
}

/** Whether `rollback` of this key was done: it stands in the current release, and that one answers. */
export async function probeRollback(
  ctx: DeployContext,
  host: HostTarget,
): Promise<ProbeAnswer<RollbackResult>> {
  const current = await host.folder.current();
  if (current === undefined) {
    const { emptied } = await host.folder.state();
    return emptied?.key === ctx.key
      ? { state: "applied", result: { current: undefined } }
      : { state: "absent" };
  }
  const { digest, rollbacks } = current.record;
  if (!rollbacks.some(({ key }) => key === ctx.key)) return { state: "absent" };
  if ((await host.answers()) !== digest) return { state: "absent" };
  return { state: "applied", result: { current: digest, url: host.url } };
}

async function reject({ release, run }: DeployContext, { folder }: HostTarget): Promise<TargetState> {
  const state = await folder.state();
  const verified = state.verified.filter((digest) => digest !== release.digest);
  const known = state.rejected.some(({ digest }) => digest === release.digest);
  const reason = `the run ${run} rolled it back`;
  const rejected = known ? state.rejected : [...state.rejected, { digest: release.digest, reason }];
  await folder.remember({ verified, rejected });
  return { ...state, verified, rejected };
}

/**
 * Where a rollback leads. A current release that nobody found bad stays: then the bad one never took its place, or
 * was taken back before.
 */
function goalOf(
  { verified, rejected }: TargetState,
  current: ReleaseFolder | undefined,
  releases: readonly ReleaseFolder[],
): ReleaseFolder | undefined {
  const isBad = (one: string): boolean => rejected.some(({ digest }) => digest === one);
  if (current !== undefined && !isBad(current.record.digest)) return current;
  return verified
    .toReversed()
    .filter((digest) => !isBad(digest))
    .map((digest) => folderOf(releases, digest))
    .find((folder) => folder !== undefined);
}
