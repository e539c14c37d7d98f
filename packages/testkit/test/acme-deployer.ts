import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Breakage, type DeployAction, type DeployContext, type Deployer } from "@towpath/core";
import { project, type DeployerTarget } from "../src/index.ts";

/** What is wrong with a deployer on purpose. */
export type Flaw =
  | "probe is blind"
  | "probe says yes"
  | "probe repairs"
  | "forgets epochs"
  | "one epoch for all runs"
  | "takes bad releases"
  | "verify is blind"
  | "verify writes"
  | "rolls back one step"
  | "rollback is not idempotent"
  | "redeploys rejected ones"
  | "notes the key first"
  | "notes the key last"
  | "cannot go on after a crash"
  | "confirms anything"
  | "status remembers"
  | "plans nothing";

interface Effect {
  readonly action: DeployAction;
  readonly key: string;
  readonly digest: string | undefined;
}

/** What a target of the deployer holds. */
interface World {
  readonly current?: string;
  readonly harmed?: boolean;
  readonly effects: readonly Effect[];
  readonly epochs: Readonly<Record<string, number>>;
  readonly verified: readonly string[];
  readonly rejected: readonly string[];
  readonly count?: number;
}

/** A deployer whose target is a folder with one file, in which everything changes at once. */
export function acmeDeployer(folder: string, flaw?: Flaw): Deployer {
  const file = join(folder, "world.json");
  const read = (): World =>
    existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as World)
      : { effects: [], epochs: {}, verified: [], rejected: [] };
  const write = (change: Partial<World>): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify({ ...read(), ...change }));
    renameSync(`${file}.new`, file);
  };
  const busy = join(folder, "busy");
  const admit = ({ run, epoch, log }: DeployContext): void => {
    const owner = flaw === "one epoch for all runs" ? "all" : run;
    const { epochs } = read();
    if (flaw !== "forgets epochs" && (epochs[owner] ?? 0) > epoch) {
      throw new Breakage("environment", { message: "a newer owner has been here" });
    }
    if (flaw === "cannot go on after a crash") {
      if (existsSync(busy)) throw new Breakage("environment", { message: "somebody is at work" });
      mkdirSync(folder, { recursive: true });
      writeFileSync(busy, "");
    }
    write({ epochs: { ...epochs, [owner]: epoch } });
    log("admitted");
  };
  /** Makes an effect and what is known of it one. */
  const become = (action: DeployAction, current: string | undefined, { key, log }: DeployContext): void => {
    const effects = [...read().effects, { action, key, digest: current }];
    const world = { current, harmed: false } as Partial<World>;
    if (flaw === "notes the key first") {
      write({ effects });
      log("half");
      write(world);
    } else if (flaw === "notes the key last") {
      write(world);
      log("half");
      write({ effects });
    } else write({ ...world, effects });
    log("written");
    rmSync(busy, { force: true });
  };
  const done = (action: DeployAction, key: string): Effect | undefined => {
    const { current, effects } = read();
    const last = effects.findLast((one) => one.action === action && one.key === key);
    if (flaw === "probe says yes") return last ?? { action, key, digest: current };
    if (flaw === "notes the key first") return last;
    return last?.digest === current ? last : undefined;
  };

  return {
    name: "acme",
    reversible: true,
    plan: async () => (flaw === "plans nothing" ? [] : ["write the file"]),
    async status() {
      const { current, verified, rejected, effects } = read();
      return { current: flaw === "status remembers" ? effects[0]?.digest : current, verified, rejected };
    },
    probe: (async (ctx: DeployContext, action: DeployAction) => {
      if (flaw === "probe repairs") write({ count: (read().count ?? 0) + 1 });
      if (flaw === "probe is blind") return { state: "absent" };
      const effect = done(action, ctx.key);
      if (effect === undefined) return { state: "absent" };
      const result = action === "apply" ? { state: "deployed" } : { current: effect.digest };
      return { state: "applied", result };
    }) as Deployer["probe"],
    async apply(ctx) {
      admit(ctx);
      const { digest, file: artifact } = ctx.release;
      const { rejected } = read();
      if (rejected.includes(digest) && flaw !== "redeploys rejected ones") {
        rmSync(busy, { force: true });
        return { state: "refused", reason: "it was rejected" };
      }
      if (artifact === "bad" && flaw !== "takes bad releases") {
        rmSync(busy, { force: true });
        return { state: "refused", reason: "it is bad" };
      }
      become("apply", digest, ctx);
      return { state: "deployed" };
    },
    async verify({ release }) {
      if (flaw === "verify writes") write({ count: (read().count ?? 0) + 1 });
      const { current, harmed } = read();
      if (flaw === "verify is blind") return { healthy: true, detail: "surely" };
      return current === release.digest && harmed !== true
        ? { healthy: true, detail: "seen" }
        : { healthy: false, reason: "not seen" };
    },
    async confirm({ release }) {
      const { current, verified } = read();
      if (current !== release.digest && flaw !== "confirms anything") {
        throw new Breakage("mismatch", { message: "it does not run" });
      }
      write({ verified: [...verified.filter((one) => one !== release.digest), release.digest] });
    },
    async rollback(ctx) {
      admit(ctx);
      const { current, verified, rejected, effects } = read();
      const bad = [...new Set([...rejected, ctx.release.digest])];
      const good = verified.filter((one) => !bad.includes(one));
      write({ rejected: bad, verified: good });
      ctx.log("rejected");
      const stays = flaw !== "rollback is not idempotent" && current !== undefined && !bad.includes(current);
      let goal = stays ? current : good.at(-1);
      if (flaw === "rolls back one step") goal = effects.at(-2)?.digest;
      if (flaw === "rollback is not idempotent" && current === goal) goal = good.at(-2);
      become("rollback", goal, ctx);
      return { current: goal };
    },
  };
}

/** A fresh target of the deployer. */
export async function acmeTarget(flaw?: Flaw): Promise<DeployerTarget> {
  const { root } = await project({});
  const folder = join(root, "target");
  const file = join(folder, "world.json");
  const world = (): World | undefined =>
    existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as World) : undefined;
  return {
    root,
    deployer: () => acmeDeployer(folder, flaw),
    release: async (name, kind) => ({
      component: "foo",
      digest: Buffer.from(name).toString("hex").padEnd(64, "0"),
      file: kind,
      tree: "tree",
    }),
    runs: async () => world()?.current,
    contents: async () => world(),
    async harm() {
      writeFileSync(file, JSON.stringify({ ...world(), harmed: true }));
    },
    child: [fileURLToPath(new URL("acme-deployer-child.ts", import.meta.url)), folder, flaw ?? ""],
    async remove() {
      appendFileSync(join(root, "removed"), "x");
    },
  };
}
