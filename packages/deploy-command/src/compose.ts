import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Breakage } from "@towpath/core";
import { parseReport } from "@towpath/kit";
import { z } from "zod";
import { imageFor } from "./image.ts";
import type { Argv, ComposeTarget } from "./options.ts";
import type { Change, Recipe } from "./recipe.ts";
import { crash } from "./run-command.ts";
import { epochOf, type Health, runId, sha256, type TargetState } from "./target-state.ts";

const empty = z.literal("").transform(() => undefined);
const container = z
  .object({
    key: z.union([empty, sha256]),
    run: z.union([empty, runId]),
    epoch: z.union([empty, epochOf]),
    digest: z.union([empty, sha256]),
    found: z.union([empty, z.string()]),
    image: z.string().min(1),
    state: z.string().min(1),
    status: z.string(),
  })
  .refine(({ key, run, epoch }) =>
    [run, epoch].every((mark) => (mark === undefined) === (key === undefined)),
  );
type Container = z.infer<typeof container>;

const label = (name: string): string => `{{json (.Label "towpath.${name}")}}`;
const format =
  `{"key":${label("key")},"run":${label("run")},"epoch":${label("epoch")},"digest":${label("digest")},` +
  `"found":${label("found")},"image":{{json .Image}},"state":{{json .State}},"status":{{json .Status}}}`;

/**
 * The recipe of a Compose service. Image, key, epoch and digest are laid over the project's own files by a file of our
 * own, so a container has all of them or none.
 */
export function compose(target: ComposeTarget): Recipe {
  const put = async (change: Change): Promise<readonly Argv[]> => {
    const { key, run, epoch, to, state, release, outDir } = change;
    const image = to === undefined ? (state.found ?? state.image ?? release.image) : to.image;
    if (image === undefined) {
      throw new Breakage("environment", {
        message: `nobody remembers the image of ${to?.digest.slice(0, 12) ?? "the release"}`,
        fix: ["Set the option `image`, or bring the release back by hand."],
      });
    }
    const labels = {
      "towpath.key": key,
      "towpath.run": run,
      "towpath.epoch": epoch,
      "towpath.digest": to?.digest ?? "",
      "towpath.found": state.found ?? "",
    };
    const overlay = join(outDir, "towpath.compose.json");
    await writeFile(overlay, literal(JSON.stringify({ services: { [target.service]: { image, labels } } })));
    const files = [...target.files, overlay].map((file) => `--file=${file}`);
    // Where nothing may run, the container is made but not started: it keeps the key.
    const start = to === undefined && state.found === undefined ? "--no-start" : "--detach";
    return [
      [
        "docker",
        "compose",
        `--project-name=${target.project}`,
        ...files,
        "up",
        start,
        "--no-build",
        target.service,
      ],
    ];
  };
  return {
    name: "compose",
    needs: [
      "DOCKER_HOST",
      "DOCKER_CONTEXT",
      "DOCKER_CONFIG",
      "DOCKER_CERT_PATH",
      "DOCKER_TLS_VERIFY",
      "XDG_RUNTIME_DIR",
    ],
    rollbackLeavesKey: true,
    reversible: true,
    imageOf: (release, place, artifact) => imageFor(target.image, release, place, artifact),
    async read(ask) {
      const filters = [`project=${target.project}`, `service=${target.service}`, "oneoff=False"];
      const command = [
        "docker",
        "ps",
        "--all",
        "--no-trunc",
        ...filters.map((filter) => `--filter=label=com.docker.compose.${filter}`),
        `--format=${format}`,
      ];
      const ran = await ask(command);
      if (ran.code !== 0) throw crash(command, ran);
      const lines = ran.stdout.split("\n").filter((line) => line.trim() !== "");
      return stateOf(lines.map((line) => parseReport(container, line, "the answer of docker ps")));
    },
    apply: put,
    rollback: put,
    confirm: () => undefined,
  };
}

function stateOf(containers: readonly Container[]): TargetState {
  const [first] = containers;
  if (first === undefined) return {};
  const { key, run, epoch, digest, image } = first;
  if (containers.some((one) => one.key !== key || one.digest !== digest || one.image !== image)) {
    throw new Breakage("mismatch", {
      message: `the ${containers.length} containers of the service are not of one release`,
      why: "A change was interrupted between them.",
      fix: ["docker compose ps --all"],
    });
  }
  const found = key === undefined ? image : first.found;
  return { key, run, epoch, digest, image, found, health: worst(containers.map(healthOf)) };
}

function healthOf({ state, status }: Container): Health {
  const detail = `${state}: ${status}`;
  if (state !== "running" || status.includes("(unhealthy)")) return { state: "unhealthy", detail };
  return { state: status.includes("(health: starting)") ? "starting" : "healthy", detail };
}

function worst(all: readonly Health[]): Health | undefined {
  const of = (state: Health["state"]): Health | undefined => all.find((one) => one.state === state);
  return of("unhealthy") ?? of("starting") ?? of("healthy");
}

/** Compose would take `$` for a variable. */
function literal(json: string): string {
  return json.replaceAll("$", "$$$$");
}
