import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Breakage, type DeployAction, type DeployContext, type Deployer } from "@towpath/core";
import { writeAtomic } from "@towpath/kit";

/** What the target holds: one file, so that an effect and the note of it appear in the same moment. */
interface Target {
  readonly current?: string | undefined;
  readonly verified: readonly string[];
  readonly rejected: readonly string[];
  /** The effect that made it what it is. */
  readonly last?: { readonly action: DeployAction; readonly key: string };
  /** The newest owner of each run that was seen. */
  readonly epochs: Readonly<Record<string, number>>;
}

/** Puts artifacts into a folder, from which a server takes the one that `target.json` calls `current`. */
export function folderDeployer(folder: string): Deployer {
  const file = join(folder, "target.json");
  const read = async (): Promise<Target> => {
    const text = await readFile(file, "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw new Breakage("environment", { message: `${file} cannot be read`, cause: error });
    });
    return text === undefined ? { verified: [], rejected: [], epochs: {} } : (JSON.parse(text) as Target);
  };
  const write = (target: Target): Promise<void> => writeAtomic(file, JSON.stringify(target));
  const isThere = async (digest: string): Promise<boolean> => (await sha256(join(folder, digest))) === digest;
  const admit = async ({ run, epoch }: DeployContext): Promise<Target> => {
    const target = await read();
    if ((target.epochs[run] ?? 0) <= epoch) return { ...target, epochs: { ...target.epochs, [run]: epoch } };
    throw new Breakage("environment", { message: `another process took over the run ${run}` });
  };
  const isDone = ({ last }: Target, action: DeployAction, { key }: DeployContext): boolean =>
    last?.action === action && last.key === key;

  return {
    name: "folder",
    reversible: true,
    plan: async () => [`Copy the artifact to ${folder}.`, `Call it current in ${file}.`],
    async status() {
      const { current, verified, rejected } = await read();
      return { current, verified, rejected };
    },
    // Reads only. Its answer is the target's, never this process's memory.
    probe: (async (ctx, action) => {
      const target = await read();
      if (!isDone(target, action, ctx)) return { state: "absent" };
      const result = action === "apply" ? { state: "deployed" } : { current: target.current };
      return { state: "applied", result };
    }) as Deployer["probe"],
    async apply(ctx) {
      const { digest, file: artifact } = ctx.release;
      const target = await admit(ctx);
      if (isDone(target, "apply", ctx)) return { state: "deployed" };
      if (target.rejected.includes(digest)) return { state: "refused", reason: "it was taken back before" };
      await mkdir(folder, { recursive: true });
      await copyFile(join(ctx.root, artifact), join(folder, digest));
      ctx.log(`${digest} is in ${folder}`);
      if (!(await isThere(digest))) return { state: "refused", reason: `${artifact} is not ${digest}` };
      await write({ ...target, current: digest, last: { action: "apply", key: ctx.key } });
      ctx.log(`${digest} is current`);
      return { state: "deployed" };
    },
    async verify({ release: { digest } }) {
      const { current } = await read();
      if (current !== digest) return { healthy: false, reason: `${current ?? "nothing"} is current` };
      return (await isThere(digest))
        ? { healthy: true, detail: "the artifact is whole" }
        : { healthy: false, reason: "the artifact is damaged" };
    },
    async confirm({ release: { digest } }) {
      const { current, verified, ...rest } = await read();
      if (current !== digest) throw new Breakage("mismatch", { message: `${digest} is not current` });
      await write({ ...rest, current, verified: [...verified.filter((one) => one !== digest), digest] });
    },
    async rollback(ctx) {
      const { digest } = ctx.release;
      const target = await admit(ctx);
      if (isDone(target, "rollback", ctx)) return { current: target.current };
      const verified = target.verified.filter((one) => one !== digest);
      const current = target.current === digest ? verified.at(-1) : target.current;
      const rejected = [...new Set([...target.rejected, digest])];
      await mkdir(folder, { recursive: true });
      await write({ ...target, current, verified, rejected, last: { action: "rollback", key: ctx.key } });
      ctx.log(`${current ?? "nothing"} is current`);
      return { current };
    },
  };
}

async function sha256(file: string): Promise<string | undefined> {
  const content = await readFile(file).catch(() => undefined);
  return content && createHash("sha256").update(content).digest("hex");
}
