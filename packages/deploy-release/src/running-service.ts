import { readFile, rm } from "node:fs/promises";
import {
  findSurvivors,
  isSameService,
  killSurvivors,
  parseReport,
  startService,
  stopService,
  writeAtomic,
} from "@towpath/kit";
import { z } from "zod";
import type { Launch } from "./launch.ts";
import type { TargetFolder } from "./target-folder.ts";

const identity = z.object({ pid: z.int(), startTicks: z.int(), bootId: z.string() });

/**
 * A process of the target that is started and stopped by us: the service in its `place`, or its check on the `spare`
 * port. Who it is stands in `.deploy/<role>.json`; for the moment between its start and that record it is known by a
 * variable in its environment.
 */
export class RunningService {
  readonly #target: TargetFolder;
  readonly #role: "place" | "spare";

  constructor(target: TargetFolder, role: "place" | "spare") {
    this.#target = target;
    this.#role = role;
  }

  /** Whether it runs. */
  async isAlive(): Promise<boolean> {
    const known = await this.#known();
    if (known !== undefined && isSameService(known)) return true;
    return (await findSurvivors(variable, this.#mark)).length > 0;
  }

  /**
   * Starts it. Stop it before.
   * @returns whether it still runs, to be asked at any time
   */
  async start(launch: Launch): Promise<() => boolean> {
    const started = await startService({ ...launch, env: { ...launch.env, [variable]: this.#mark } });
    await writeAtomic(this.#file, JSON.stringify(started));
    return () => isSameService(started);
  }

  /** Stops it, also one that an interrupted deploy left; settles when it has ended. */
  async stop(graceMs: number): Promise<void> {
    const known = await this.#known();
    if (known !== undefined) await stopService(known, graceMs);
    await killSurvivors(variable, this.#mark);
    await rm(this.#file, { force: true });
  }

  get #file(): string {
    return this.#target.own(`${this.#role}.json`);
  }

  get #mark(): string {
    return `${this.#role} of ${this.#target.path}`;
  }

  async #known(): Promise<z.infer<typeof identity> | undefined> {
    const text = await readFile(this.#file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw error;
    });
    return text === undefined ? undefined : parseReport(identity, text, this.#file);
  }
}

const variable = "TOWPATH_SERVICE";
