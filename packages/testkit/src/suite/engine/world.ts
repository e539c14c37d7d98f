import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  Breakage,
  type Builder,
  type DeployAction,
  type DeployContext,
  type Deployer,
  type Environment,
  type ProbeAnswer,
  type TargetStatus,
} from "@towpath/core";
import { writeFile } from "node:fs/promises";

/** One effect that happened in the world. */
export interface LedgerLine {
  readonly key: string;
  readonly action: DeployAction | "confirm";
  readonly digest: string;
  readonly epoch: number;
  /** What the environment runs from now on. */
  readonly current: string | null;
}

/** What a target does that reality will not do on command. */
export interface WorldManners {
  /** Releases are no good once they are in their place. */
  readonly sick?: boolean;
  /** Releases are no good before they take their place. */
  readonly refuses?: boolean;
  /** Sabotage is not noticed. */
  readonly blind?: boolean;
  /** `apply` does its work and then says that it broke, this many times. */
  readonly brokenAfter?: number;
  /** `apply` breaks before it does anything, this many times. */
  readonly brokenBefore?: number;
  /** `rollback` breaks before it does anything, this many times. */
  readonly brokenRollback?: number;
  /** Called when a release is watched; what it throws breaks the watch. */
  onWatch?(): void;
  /** What `probe` says instead of the truth. */
  readonly probe?: "absent" | "unknown" | "throws";
  /** Called before and after each effect. */
  onEffect?(when: "before" | "after"): void;
}

/** An environment made of one append-only file, which is the judge of what was really done. */
export interface World {
  readonly deployer: Deployer;
  lines(): readonly LedgerLine[];
}

/** @param folder absolute; the ledger lies in it */
export function createWorld(folder: string, environment: Environment, manners: WorldManners = {}): World {
  const path = join(folder, `${environment}.ledger`);
  let calls = 0;
  let rollbacks = 0;
  const lines = (): readonly LedgerLine[] =>
    existsSync(path)
      ? readFileSync(path, "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line) as LedgerLine)
      : [];
  const write = (line: LedgerLine): void => {
    manners.onEffect?.("before");
    const file = openSync(path, "a");
    try {
      writeSync(file, `${JSON.stringify(line)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    manners.onEffect?.("after");
  };
  const refuseOld = ({ epoch }: DeployContext): void => {
    const newest = Math.max(0, ...lines().map((line) => line.epoch));
    if (epoch < newest) throw new Breakage("environment", { message: `epoch ${epoch} is behind ${newest}` });
  };
  const status = (): TargetStatus => {
    const all = lines();
    const rejected = all.filter(({ action }) => action === "rollback").map(({ digest }) => digest);
    const confirmed = all.filter(({ action }) => action === "confirm").map(({ digest }) => digest);
    return {
      current: all.at(-1)?.current ?? undefined,
      verified: [...new Set(confirmed)].filter((digest) => !rejected.includes(digest)),
      rejected,
    };
  };
  const url = "http://127.0.0.1:1";

  const deployer: Deployer = {
    name: "world",
    reversible: true,
    sabotages: ["crash-after-requests"],
    plan: async () => ["append one line"],
    status: async () => status(),
    async probe(ctx, action) {
      if (manners.probe === "throws") throw new Error("the target does not answer");
      if (manners.probe === "unknown") return { state: "unknown", why: "the target does not answer" };
      if (manners.probe === "absent") return { state: "absent" };
      const found = lines().find((line) => line.key === ctx.key && line.action === action);
      if (found === undefined) return { state: "absent" };
      const result =
        action === "apply" ? { state: "deployed", url } : { current: found.current ?? undefined, url };
      // Each action has its own result; the types of the contract pair them.
      return { state: "applied", result } as ProbeAnswer<never>;
    },
    async apply(ctx) {
      refuseOld(ctx);
      calls += 1;
      if (manners.refuses === true) return { state: "refused", reason: "its health check said no" };
      if (calls <= (manners.brokenBefore ?? 0)) throw new Breakage("network", { message: "no answer" });
      const { key, epoch, release } = ctx;
      write({ key, action: "apply", digest: release.digest, epoch, current: release.digest });
      if (calls <= (manners.brokenAfter ?? 0))
        throw new Breakage("timeout", { message: "it took too long, they say" });
      return { state: "deployed", url };
    },
    async verify({ release, sabotage }) {
      manners.onWatch?.();
      return manners.sick === true || (sabotage !== undefined && manners.blind !== true)
        ? { healthy: false, reason: `${release.digest.slice(0, 8)} is sick` }
        : { healthy: true, detail: "well" };
    },
    async confirm({ release, key, epoch }) {
      const { digest } = release;
      if (status().verified.includes(digest)) return;
      appendFileSync(path, `${JSON.stringify({ key, action: "confirm", digest, epoch, current: digest })}\n`);
    },
    async rollback(ctx) {
      refuseOld(ctx);
      rollbacks += 1;
      if (rollbacks <= (manners.brokenRollback ?? 0)) throw new Breakage("network", { message: "no answer" });
      const { key, epoch, release } = ctx;
      const to = status().verified.findLast((digest) => digest !== release.digest) ?? null;
      write({ key, action: "rollback", digest: release.digest, epoch, current: to });
      return to === null ? { current: undefined } : { current: to, url };
    },
  };
  return { deployer, lines };
}

/** Builds a file of the component's name. */
export const worldBuilder: Builder = {
  name: "text",
  async build({ outDir, component }) {
    const path = join(outDir, `${component.name}.txt`);
    await writeFile(path, `a release of ${component.name}\n`);
    return path;
  },
};
