import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";
import { imageIn } from "./image.ts";
import { valuesOf } from "./by-hand.ts";
import type { HelmTarget } from "./options.ts";
import { substitute } from "./placeholders.ts";
import type { Recipe } from "./recipe.ts";
import { crash, type RunCommand } from "./run-command.ts";
import { epochOf, type Health, runId, sha256, type TargetState } from "./target-state.ts";

const marks = z.object({ key: sha256, run: runId, epoch: epochOf, digest: sha256 });
const values = z.object({ towpath: marks.optional() }).nullish();
const revision = z.object({
  version: z.int().min(1),
  info: z.object({ status: z.string(), description: z.string().default("") }),
  config: values,
});
type Revision = z.infer<typeof revision>;
const history = z.array(z.object({ revision: z.int().min(1), status: z.string() }));

/**
 * The recipe of a Helm release. Key, epoch and digest are values of the revision, `towpath.key` and so on: they are kept
 * when the revision fails, which a description is not. `helm rollback` can leave nothing of its own, so a rollback shows
 * in the digest of what runs.
 */
export function helm(target: HelmTarget, timeoutMs: number): Recipe {
  // A failed upgrade is followed by Helm's own rollback, which may take as long.
  const timeout = `--timeout=${Math.max(1, Math.floor(timeoutMs / 2_000))}s`;
  const place = [
    `--namespace=${target.namespace}`,
    ...(target.context === undefined ? [] : [`--kube-context=${target.context}`]),
  ];
  const { release } = target;

  async function status(ask: RunCommand, at?: number): Promise<Revision | undefined> {
    const which = at === undefined ? [] : [`--revision=${at}`];
    const command = ["helm", "status", release, ...place, ...which, "--output=json"];
    const ran = await ask(command);
    if (ran.code === 0) return parseReport(revision, ran.stdout, "the answer of helm status");
    if (/^Error: release: not found$/m.test(ran.stderr)) return undefined;
    throw crash(command, ran);
  }

  /** The newest good revision of a digest, or of none of ours. */
  async function find(ask: RunCommand, digest: string | undefined): Promise<number | undefined> {
    const command = ["helm", "history", release, ...place, "--output=json"];
    const ran = await ask(command);
    if (ran.code !== 0) throw crash(command, ran);
    const good = parseReport(history, ran.stdout, "the answer of helm history")
      .filter((one) => one.status === "superseded" || one.status === "deployed")
      .toSorted((a, b) => b.revision - a.revision);
    for (const one of good) {
      const get = ["helm", "get", "values", release, ...place, `--revision=${one.revision}`, "--output=json"];
      const got = await ask(get);
      if (got.code !== 0) throw crash(get, got);
      if (parseReport(values, got.stdout, "the answer of helm get values")?.towpath?.digest === digest) {
        return one.revision;
      }
    }
    return undefined;
  }

  return {
    name: "helm",
    needs: ["KUBECONFIG", "HELM_DRIVER", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"],
    rollbackLeavesKey: false,
    reversible: true,
    imageOf: (_release, _place, artifact) => imageIn(artifact),
    async read(ask) {
      const top = await status(ask);
      if (top === undefined) return {};
      const pending = top.info.status.startsWith("pending-") || top.info.status === "uninstalling";
      if (pending) {
        throw new Breakage("mismatch", {
          message: `helm is in the middle of a change: ${release} is ${top.info.status}`,
          why: "It is still at work, or it was killed at it.",
          fix: [
            `helm history ${release} ${place.join(" ")}`,
            `helm rollback ${release} <revision> ${place.join(" ")}`,
          ],
        });
      }
      const below = /^Rollback to \d+$/.test(top.info.description)
        ? await status(ask, top.version - 1)
        : undefined;
      return stateOf(top, below);
    },
    async apply(change) {
      const filled = (text: string): string => substitute([text], valuesOf(change))[0] ?? text;
      const set = Object.entries(target.set).map(([path, text]) => `--set-literal=${path}=${filled(text)}`);
      const own = { key: change.key, run: change.run, epoch: change.epoch, digest: change.release.digest };
      return [
        [
          "helm",
          "upgrade",
          release,
          filled(target.chart),
          "--install",
          ...place,
          ...target.values.map((file) => `--values=${file}`),
          ...set,
          ...Object.entries(own).map(([name, value]) => `--set-literal=towpath.${name}=${value}`),
          await takesBack(change.ask),
          "--wait",
          timeout,
        ],
      ];
    },
    async rollback({ to, ask }) {
      const at = await find(ask, to?.digest);
      if (at !== undefined) return [["helm", "rollback", release, String(at), ...place, "--wait", timeout]];
      if (to === undefined)
        return [["helm", "uninstall", release, ...place, "--keep-history", "--wait", timeout]];
      throw new Breakage("environment", {
        message: `helm's history of ${release} no longer holds the release ${to.digest.slice(0, 12)}`,
        fix: ["Raise --history-max, or deploy a good release."],
      });
    },
    confirm: () => undefined,
  };
}

/** The option that makes Helm undo what failed: version 4 has another name for it, and warns of the old one. */
async function takesBack(ask: RunCommand): Promise<string> {
  const command = ["helm", "version", "--short"];
  const ran = await ask(command);
  const major = /^v(\d+)\./.exec(ran.stdout.trim())?.[1];
  if (ran.code !== 0 || major === undefined) throw crash(command, ran);
  return Number(major) >= 4 ? "--rollback-on-failure" : "--atomic";
}

/** @param below the revision that was rolled back to get the top one */
function stateOf(top: Revision, below: Revision | undefined): TargetState {
  const own = top.config?.towpath;
  const replaced = below?.config?.towpath;
  const { status, description } = top.info;
  // A rollback is the work of whoever did what it replaces.
  const last = replaced ?? own;
  return {
    key: own?.key,
    run: last?.run,
    epoch: last?.epoch,
    digest: status === "uninstalled" ? undefined : own?.digest,
    refused: below?.info.status === "failed" ? replaced?.key : undefined,
    health: healthOf(status, description),
    version: String(top.version),
  };
}

function healthOf(status: string, description: string): Health {
  const state = status === "deployed" ? "healthy" : "unhealthy";
  return { state, detail: `${status}: ${description}` };
}
