import {
  Breakage,
  type DeployAction,
  type DeployContext,
  type Deployer,
  type DeployResult,
  isBreakage,
  type ProbeAnswer,
  type RollbackResult,
  type TargetContext,
  type TargetStatus,
  type Watch,
} from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { artifactPath, artifactText, checkArtifact } from "./artifact.ts";
import { admit, previousOf, recall, remember, withRejected, withVerified } from "./memory.ts";
import type { Argv, EnvironmentOptions } from "./options.ts";
import { substitute } from "./placeholders.ts";
import type { Change, Place, Recipe } from "./recipe.ts";
import { commandRunner, crash, type Ran, type RunCommand } from "./run-command.ts";
import type { Health, Memory, TargetState, Verified } from "./target-state.ts";
import { watch } from "./watch.ts";

/** Limit of a question to a target, in milliseconds: one that hangs must be known before the whole call is stopped. */
const askMs = 30_000;

/** How a command of a change ended that did not end with 0. */
interface Failed {
  readonly command: Argv;
  readonly ran: Ran;
}

/** Makes the deployer of one environment. */
export function commandDeployer(recipe: Recipe, options: EnvironmentOptions): Deployer {
  const { timeoutMs, exitCodes } = options;

  const runner = (ctx: TargetContext): RunCommand =>
    commandRunner(ctx, { timeoutMs, env: options.env, pass: options.pass, needs: recipe.needs });
  const asker = (ctx: TargetContext): RunCommand => {
    const run = runner(ctx);
    return (argv, limit = Math.min(askMs, Math.ceil(timeoutMs / 2))) => run(argv, limit);
  };
  const read = (ctx: TargetContext): Promise<TargetState> => recipe.read(asker(ctx), placeOf(ctx));
  const urlOf = (ctx: TargetContext): { readonly url?: string } => {
    const [url] = options.url === undefined ? [] : substitute([options.url], { ...placeOf(ctx) });
    return url === undefined ? {} : { url };
  };

  const imageOf = async (ctx: DeployContext): Promise<string | undefined> => {
    const text = await artifactText(artifactPath(ctx.root, ctx.release));
    return recipe.imageOf(ctx.release, placeOf(ctx), text);
  };

  const changeOf = (
    ctx: DeployContext,
    parts: Pick<Change, "to" | "previous" | "state" | "memory"> & { readonly image?: string | undefined },
  ): Change => ({
    ...placeOf(ctx),
    key: ctx.key,
    run: ctx.run,
    epoch: String(ctx.epoch),
    release: { digest: ctx.release.digest, file: artifactPath(ctx.root, ctx.release), image: parts.image },
    to: parts.to,
    previous: parts.previous,
    state: parts.state,
    memory: parts.memory,
    outDir: ctx.outDir,
    ask: asker(ctx),
  });

  /** Runs the commands of a change up to the first that fails. */
  const carryOut = async (ctx: TargetContext, commands: readonly Argv[]): Promise<Failed | undefined> => {
    const run = runner(ctx);
    for (const command of commands) {
      ctx.log(`$ ${excerpt(command.join(" "), 500)}`);
      const ran = await run(command);
      if (ran.code !== 0) return { command, ran };
    }
    return undefined;
  };

  /** Whether a failed deploy left the target as it was, so that it is an answer about the release. */
  const refusal = async (
    ctx: DeployContext,
    before: TargetState,
    { command, ran }: Failed,
  ): Promise<DeployResult> => {
    const after = await read(ctx);
    const asItWas = after.key === before.key && after.digest === before.digest;
    if (after.refused === ctx.key || (exitCodes.refused.includes(ran.code) && asItWas)) {
      return { state: "refused", reason: ran.words || `${command[0] ?? ""} ended with code ${ran.code}` };
    }
    throw crash(command, ran);
  };

  /** Whether the release was taken back: its place is another's, and by this very rollback where that can be told. */
  const rolledBack = (ctx: DeployContext, state: TargetState): boolean => {
    if (state.digest === ctx.release.digest) return false;
    if (recipe.rollbackLeavesKey) return state.key === ctx.key;
    // A target that never held anything has no version.
    return state.version !== undefined && (state.digest === undefined || state.health?.state === "healthy");
  };

  const look = async (ctx: DeployContext): Promise<Health> => {
    const { digest, health, image } = await read(ctx);
    if (digest !== ctx.release.digest)
      return { state: "unhealthy", detail: `the target runs ${short(digest)}` };
    if (health !== undefined && health.state !== "healthy") return health;
    const { verify } = options;
    if (verify !== undefined) {
      const release = {
        digest,
        file: artifactPath(ctx.root, ctx.release),
        image: image ?? (await imageOf(ctx)) ?? "",
      };
      const command = substitute(verify, {
        ...placeOf(ctx),
        key: ctx.key,
        run: ctx.run,
        epoch: String(ctx.epoch),
        ...release,
      });
      const ran = await runner(ctx)(command);
      const said = ran.words || `${command[0] ?? ""} ended with code ${ran.code}`;
      if (ran.code === 0) return { state: "healthy", detail: said };
      if (exitCodes.unhealthy.includes(ran.code)) return { state: "unhealthy", detail: said };
      throw crash(command, ran);
    }
    if (health !== undefined) return health;
    throw new Breakage("tool-config", {
      message: `nothing says whether the release in ${ctx.environment} is healthy`,
      fix: [`Set \`environments.${ctx.environment}.verify\`, or let the probe answer \`health\`.`],
    });
  };

  return {
    name: recipe.name,
    timeoutMs,
    reversible: recipe.reversible,

    async plan(ctx): Promise<readonly string[]> {
      if (options.plan !== undefined) {
        const command = substitute(options.plan, { ...placeOf(ctx) });
        const ran = await runner(ctx)(command);
        if (ran.code !== 0) throw crash(command, ran);
        return excerpt(ran.stdout, 20_000).split("\n");
      }
      const state = await read(ctx);
      const memory = await recall(ctx, state);
      const commands = await recipe.apply(unfilled(ctx, state, memory, asker(ctx)));
      return [
        `${ctx.environment} runs ${short(state.digest)}; the last verified release is ${short(memory.verified.at(-1)?.digest)}`,
        ...commands.map((command) => command.map(shown).join(" ")),
      ];
    },

    async status(ctx): Promise<TargetStatus> {
      const state = await read(ctx);
      const { verified, rejected } = await recall(ctx, state);
      return {
        current: state.digest,
        verified: verified.map(({ digest }) => digest),
        rejected,
        ...urlOf(ctx),
      };
    },

    async probe<A extends DeployAction>(
      ctx: DeployContext,
      action: A,
    ): Promise<ProbeAnswer<A extends "apply" ? DeployResult : RollbackResult>> {
      type Answer = ProbeAnswer<A extends "apply" ? DeployResult : RollbackResult>;
      let state: TargetState;
      try {
        state = await read(ctx);
      } catch (error) {
        if (!isBreakage(error)) throw error;
        const { why } = error.details;
        return { state: "unknown", why: why === undefined ? error.message : `${error.message}: ${why}` };
      }
      const answer =
        action === "apply"
          ? applied(ctx, state, urlOf(ctx))
          : undone(rolledBack(ctx, state), state, urlOf(ctx));
      return answer as Answer;
    },

    async apply(ctx): Promise<DeployResult> {
      const file = artifactPath(ctx.root, ctx.release);
      await checkArtifact(file, ctx.release.digest);
      const { digest } = ctx.release;
      const image = await imageOf(ctx);
      const state = await read(ctx);
      const memory = admit(await recall(ctx, state), ctx, state);
      const before = applied(ctx, state, urlOf(ctx));
      if (before.state === "applied") return before.result;
      if (before.state === "unknown") throw new Breakage("mismatch", { message: before.why });
      if (memory.rejected.includes(digest))
        return { state: "refused", reason: "it was found bad there before" };
      const change = changeOf(ctx, {
        to: { digest, image },
        previous: previousOf(memory, digest),
        state,
        memory,
        image,
      });
      const commands = await recipe.apply(change);
      // What there is to go back to is written down before anything changes.
      await remember(ctx, state, memory);
      const failed = await carryOut(ctx, commands);
      if (failed !== undefined) {
        const refused = await refusal(ctx, state, failed);
        await remember(ctx, state, withRejected(memory, digest));
        return refused;
      }
      const after = applied(ctx, await read(ctx), urlOf(ctx));
      if (after.state === "applied") return after.result;
      throw notLeft("apply", `the key ${short(ctx.key)}`);
    },

    async verify(ctx): Promise<Watch> {
      const seen = await watch(ctx, options.watch, () => look(ctx));
      return seen.healthy ? { ...seen, ...urlOf(ctx) } : seen;
    },

    async confirm(ctx): Promise<void> {
      const { digest } = ctx.release;
      const state = await read(ctx);
      const before = admit(await recall(ctx, state), ctx, state);
      if (state.digest !== digest) {
        throw new Breakage("mismatch", {
          message: `${short(digest)} cannot be confirmed: the target runs ${short(state.digest)}`,
        });
      }
      const image = state.image ?? (await imageOf(ctx));
      const to = { digest, image };
      const memory = withVerified(before, to);
      const command = recipe.confirm(
        changeOf(ctx, { to, previous: previousOf(before, digest), state, memory, image }),
      );
      const failed = command === undefined ? undefined : await carryOut(ctx, [command]);
      if (failed !== undefined) throw crash(failed.command, failed.ran);
      await remember(ctx, state, memory);
    },

    async rollback(ctx): Promise<RollbackResult> {
      const { digest } = ctx.release;
      const state = await read(ctx);
      const memory = withRejected(admit(await recall(ctx, state), ctx, state), digest);
      // A release that is known to be bad must stay so when the way back breaks.
      await remember(ctx, state, memory);
      if (rolledBack(ctx, state)) return { current: state.digest, ...urlOf(ctx) };
      const to = goalOf(state, memory, digest);
      const change = changeOf(ctx, { to, previous: to, state, memory, image: state.image });
      const failed = await carryOut(ctx, await recipe.rollback(change));
      if (failed !== undefined) throw crash(failed.command, failed.ran);
      const after = await read(ctx);
      if (rolledBack(ctx, after) && after.digest === to?.digest)
        return { current: after.digest, ...urlOf(ctx) };
      throw notLeft(
        "rollback",
        to === undefined ? "that it runs nothing" : `the release ${short(to.digest)}`,
      );
    },
  };
}

/** What a target says of a deploy. */
function applied(
  ctx: DeployContext,
  state: TargetState,
  url: { readonly url?: string },
): ProbeAnswer<DeployResult> {
  if (state.refused === ctx.key) {
    const reason = "the target took it back on its own";
    return { state: "applied", result: { state: "refused", reason } };
  }
  if (state.key !== ctx.key) return { state: "absent" };
  if (state.digest === ctx.release.digest) return { state: "applied", result: { state: "deployed", ...url } };
  return {
    state: "unknown",
    why: `the target holds the key of this deploy, but runs ${short(state.digest)}`,
  };
}

/** What a target says of a rollback. */
function undone(
  done: boolean,
  { digest }: TargetState,
  url: { readonly url?: string },
): ProbeAnswer<RollbackResult> {
  return done ? { state: "applied", result: { current: digest, ...url } } : { state: "absent" };
}

/** Where a rollback leads. What runs and was not found bad stays: then the bad release is not there any more. */
function goalOf({ digest, image }: TargetState, memory: Memory, bad: string): Verified | undefined {
  if (digest !== undefined && !memory.rejected.includes(digest)) return { digest, image };
  return previousOf(memory, bad);
}

function notLeft(option: string, what: string): Breakage {
  return new Breakage("mismatch", {
    message: `\`${option}\` ended with code 0, but the target does not show ${what}`,
    why: "The exit code and the target say different things.",
    fix: [
      `Let the last command of \`${option}\` leave {key}, {epoch} and the digest where the probe reads them.`,
    ],
  });
}

/** A change of no release, whose commands are shown with their placeholders. */
function unfilled(ctx: TargetContext, state: TargetState, memory: Memory, ask: RunCommand): Change {
  const to: Verified = { digest: "{digest}", image: "{image}" };
  return {
    ...placeOf(ctx),
    key: "{key}",
    run: "{run}",
    epoch: "{epoch}",
    release: { ...to, file: "{file}" },
    to,
    previous: memory.verified.at(-1),
    state,
    memory,
    outDir: ctx.outDir,
    ask,
  };
}

function placeOf({ environment, component }: TargetContext): Place {
  return { environment, component: component.name };
}

function short(digest: string | undefined): string {
  return digest?.slice(0, 12) ?? "none";
}

/** An argument, quoted where its ends would not show. */
function shown(argument: string): string {
  return /^[^\s"'\\]+$/.test(argument) ? argument : JSON.stringify(argument);
}
