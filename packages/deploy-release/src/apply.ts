import type { DeployContext, DeployResult, ProbeAnswer } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import type { HostTarget } from "./host-target.ts";
import { makeRelease } from "./make-release.ts";
import type { ReleaseFolder } from "./target-folder.ts";

/** Puts a release in place, or goes on where an interrupted call with the same key stopped. */
export async function apply(ctx: DeployContext, host: HostTarget): Promise<DeployResult> {
  const { key, run, epoch, release } = ctx;
  const { folder } = host;
  return host.change(ctx, async () => {
    const note = (step: string, detail?: string): Promise<void> =>
      folder.note({
        at: new Date(ctx.clock.now()).toISOString(),
        run,
        key,
        digest: release.digest,
        step,
        detail,
      });
    const deployed: DeployResult = { state: "deployed", url: host.url };

    const { rejected } = await folder.state();
    const before = rejected.find(({ digest }) => digest === release.digest);
    if (before !== undefined) {
      const own = before.key === key;
      return { state: "refused", reason: own ? before.reason : `it was found bad before: ${before.reason}` };
    }
    const current = await folder.current();
    if (current?.record.key === key) {
      if (await host.serves(current)) return deployed;
    } else {
      await host.claimPort();
      const made = (await madeBefore(ctx, host)) ?? (await makeRelease(ctx, host.options, folder));
      const next = await folder.complete(made.name, { ...made.record, run, epoch });
      const problem = await host.tryOut(next);
      if (problem !== undefined) {
        const reason = excerpt(`${problem}\nIts log: ${next.path}/service.log`, 3_000);
        await folder.remember({ rejected: [...rejected, { digest: release.digest, reason, key }] });
        await note("refused", problem);
        ctx.log("refused: the target is what it was");
        return { state: "refused", reason };
      }
      await note("switching");
      await host.switchTo(next);
    }
    const live = await folder.current();
    const problem = live && (await host.restart(live));
    // What it is worth in its place is not decided here: the watch will say so.
    if (problem !== undefined) ctx.log(`not healthy in its place: ${excerpt(problem, 500)}`);
    await note("deployed", problem);
    await folder.prune(host.options.keep);
    return deployed;
  });
}

/** Whether `apply` of this key was done: its release is current and answers, or the target refused it. */
export async function probeApply(ctx: DeployContext, host: HostTarget): Promise<ProbeAnswer<DeployResult>> {
  const { rejected } = await host.folder.state();
  const refusal = rejected.find(({ digest, key }) => digest === ctx.release.digest && key === ctx.key);
  if (refusal !== undefined)
    return { state: "applied", result: { state: "refused", reason: refusal.reason } };
  const current = await host.folder.current();
  if (current?.record.key !== ctx.key) return { state: "absent" };
  // Switched, and not restarted yet, or ended since: doing it again is right, and does nothing twice.
  if ((await host.answers()) !== current.record.digest) return { state: "absent" };
  return { state: "applied", result: { state: "deployed", url: host.url } };
}

/** A release that an interrupted call with this key has completed. */
async function madeBefore(
  { key, release, sabotage }: DeployContext,
  { folder }: HostTarget,
): Promise<ReleaseFolder | undefined> {
  const releases = await folder.releases();
  return releases.findLast(
    ({ record }) => record.key === key && record.digest === release.digest && record.sabotage === sabotage,
  );
}
