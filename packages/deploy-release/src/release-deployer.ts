import {
  Breakage,
  isBreakage,
  type DeployAction,
  type DeployContext,
  type Deployer,
  type DeployResult,
  type ProbeAnswer,
  type RollbackResult,
  type Sabotage,
  type TargetContext,
  type TargetStatus,
} from "@towpath/core";
import { apply, probeApply } from "./apply.ts";
import { bake } from "./health.ts";
import { HostTarget } from "./host-target.ts";
import type { TargetOptions } from "./options.ts";
import { probeRollback, rollback } from "./rollback.ts";
import { preSwitchFaults } from "./stand-in.ts";

/** Deploys wheels as release folders on this host. */
export function releaseDeployer(options: TargetOptions): Deployer {
  const at = (ctx: TargetContext): HostTarget => new HostTarget(ctx, options);
  return {
    name: "release",
    reversible: true,
    sabotages: sabotagesOf(options),
    plan: async (ctx) => planOf(at(ctx)),
    status: (ctx) => statusOf(at(ctx)),
    probe: probeWith(at),
    apply: (ctx) => apply(ctx, at(ctx)),
    async verify(ctx) {
      const host = at(ctx);
      const { digest } = ctx.release;
      const current = await host.folder.current();
      if (current?.record.digest !== digest) {
        return {
          healthy: false,
          reason: `the target's current release is ${current?.record.digest ?? "none"}`,
        };
      }
      const { looks, problem } = await bake(ctx, host.place, digest, options.bakeMs);
      return problem === undefined
        ? { healthy: true, detail: `${looks} good answers in ${options.bakeMs} ms`, url: host.url }
        : { healthy: false, reason: `at look ${looks}: ${problem}` };
    },
    confirm: (ctx) => confirm(ctx, at(ctx)),
    rollback: (ctx) => rollback(ctx, at(ctx)),
  };
}

/** A service that the user's own program starts can only be replaced where that program is told what to run. */
function sabotagesOf({ supervisor }: TargetOptions): readonly Sabotage[] {
  const told =
    supervisor === "none" || !("command" in supervisor) || supervisor.command.start.includes("{run}");
  return told ? [...preSwitchFaults, "crash-after-requests"] : preSwitchFaults;
}

/** A target that cannot be read is unknown, never absent. */
function probeWith(at: (ctx: TargetContext) => HostTarget): Deployer["probe"] {
  async function probe(ctx: DeployContext, action: "apply"): Promise<ProbeAnswer<DeployResult>>;
  async function probe(ctx: DeployContext, action: "rollback"): Promise<ProbeAnswer<RollbackResult>>;
  async function probe(
    ctx: DeployContext,
    action: DeployAction,
  ): Promise<ProbeAnswer<DeployResult | RollbackResult>> {
    try {
      return action === "apply" ? await probeApply(ctx, at(ctx)) : await probeRollback(ctx, at(ctx));
    } catch (error) {
      if (isBreakage(error)) return { state: "unknown", why: error.message };
      throw error;
    }
  }
  return probe as Deployer["probe"];
}

async function statusOf(host: HostTarget): Promise<TargetStatus> {
  const { verified, rejected } = await host.folder.state();
  const current = await host.answers();
  return {
    current,
    verified,
    rejected: rejected.map(({ digest }) => digest),
    ...(current === undefined ? {} : { url: host.url }),
  };
}

async function confirm(ctx: DeployContext, host: HostTarget): Promise<void> {
  const { digest } = ctx.release;
  await host.change(ctx, async () => {
    const current = await host.folder.current();
    if (current?.record.digest !== digest) {
      throw new Breakage("mismatch", {
        message: `${digest.slice(0, 12)} cannot be confirmed: it is not the current release of the target`,
        why: `The current one is ${current?.record.digest ?? "none"}.`,
      });
    }
    const { verified } = await host.folder.state();
    await host.folder.remember({ verified: [...verified.filter((one) => one !== digest), digest] });
    await host.folder.prune(host.options.keep);
  });
}

async function planOf({ folder, options, supervisor, url }: HostTarget): Promise<readonly string[]> {
  const { health, version, sparePort, dependencies } = options;
  const current = await folder.current();
  return [
    `Make a virtual environment in ${folder.path}/releases/<time>-<digest>/.venv.`,
    ...(dependencies === undefined
      ? []
      : [`pip install --no-index --require-hashes --requirement=${dependencies.requirements}`]),
    "pip install --no-index --no-deps <wheel>",
    `Start it on ${sparePort === 0 ? "a free port" : `port ${sparePort}`}: ${options.run.join(" ")}`,
    `Wait for ${health.successes} good answers in a row of ${health.path}, and for the digest in \`${version.field}\` of ${version.path}; else refuse the release.`,
    `Switch ${folder.path}/current from ${current === undefined ? "nothing" : `releases/${current.name}`} to it.`,
    `Restart the service at ${url}: ${supervisor.describe()}.`,
    `Watch it for ${options.bakeMs} ms; roll back if it is not healthy.`,
  ];
}
