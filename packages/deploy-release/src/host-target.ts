import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Breakage, type DeployContext, type TargetContext } from "@towpath/core";
import { createRedactor } from "@towpath/kit";
import { freePort, isTaken } from "./free-port.ts";
import { answeredDigest, look, urlOf, waitUntilHealthy, type Place } from "./health.ts";
import { launchOf, placeholders } from "./launch.ts";
import type { TargetOptions } from "./options.ts";
import { lastWords } from "./run-command.ts";
import { RunningService } from "./running-service.ts";
import { supervisorOf, type Supervisor } from "./supervisor.ts";
import { TargetFolder, type ReleaseFolder } from "./target-folder.ts";
import { withLock } from "./target-lock.ts";

/** A target with its folder, its service and its port, for one call of the deployer. */
export class HostTarget {
  readonly folder: TargetFolder;
  readonly options: TargetOptions;
  readonly supervisor: Supervisor;
  readonly #ctx: TargetContext;
  readonly #place: Place;

  constructor(ctx: TargetContext, options: TargetOptions) {
    this.#ctx = ctx;
    this.options = options;
    this.folder = new TargetFolder(resolve(ctx.root, options.folder));
    this.supervisor = supervisorOf(ctx, options, this.folder);
    this.#place = { port: options.port, rules: options };
  }

  /** Where the service answers. */
  get url(): string {
    return urlOf(this.#place);
  }

  /** Where the service answers, and how it must. */
  get place(): Place {
    return this.#place;
  }

  /** The digest of the release that answers at the target's port. */
  answers(): Promise<string | undefined> {
    return answeredDigest(this.#place, this.#ctx.signal);
  }

  /** Whether the release answers at the target's port and is healthy, at one look. */
  async serves({ record }: ReleaseFolder): Promise<boolean> {
    return (await look(this.#place, record.digest, this.#ctx.signal)) === undefined;
  }

  /**
   * Works at the target while no other deploy can and no older owner of the run may, after what interrupted deploys
   * left was removed.
   * @throws {Breakage} `environment` (TP5008) when the target is taken
   */
  async change<T>(ctx: DeployContext, work: () => Promise<T>): Promise<T> {
    return withLock(this.folder, ctx.run, async () => {
      await this.folder.admit(ctx);
      await this.#spare.stop(0);
      await this.folder.tidy();
      return work();
    });
  }

  /**
   * Starts a release on the spare port beside what runs, and ends it again.
   * @returns why it is no good, with the end of its log
   */
  async tryOut(release: ReleaseFolder): Promise<string | undefined> {
    const port = this.options.sparePort || (await freePort());
    const launch = launchOf(this.#ctx, this.options, this.folder.path, release, port);
    this.#ctx.log(`starting releases/${release.name} on the spare port ${port}`);
    const isAlive = await this.#spare.start(launch);
    try {
      const place = { ...this.#place, port };
      const problem = await waitUntilHealthy(this.#ctx, place, release.record.digest, isAlive);
      return problem === undefined ? undefined : problem + (await this.#endOfLog(launch.log));
    } finally {
      await this.#spare.stop(this.options.drainMs);
    }
  }

  /** Makes a release the current one; what runs goes on until `restart`. */
  async switchTo({ name }: ReleaseFolder): Promise<void> {
    await this.folder.switchTo(name);
    this.#ctx.log(`switched to releases/${name}`);
  }

  /** Puts the service of a release in the place of what runs. @returns why it does not become healthy there */
  async restart(release: ReleaseFolder): Promise<string | undefined> {
    const launch = launchOf(this.#ctx, this.options, this.folder.path, release, this.options.port);
    const { path, record } = release;
    const values = placeholders(this.folder.path, { path, digest: record.digest }, this.options.port);
    const isAlive = await this.supervisor.restart(launch, values);
    this.#ctx.log(`restarted on port ${this.options.port}`);
    const problem = await waitUntilHealthy(this.#ctx, this.#place, record.digest, isAlive);
    return problem === undefined ? undefined : problem + (await this.#endOfLog(launch.log));
  }

  /**
   * Makes sure that the port is ours before anything is changed for it.
   * @throws {Breakage} `environment` when a program of somebody else listens to it
   */
  async claimPort(): Promise<void> {
    const { port, supervisor } = this.options;
    if (supervisor !== "none" || !(await isTaken(port))) return;
    if (await new RunningService(this.folder, "place").isAlive()) return;
    throw new Breakage("environment", {
      message: `port ${port} is taken by a program that was not started here`,
      fix: ["Stop the program, or give the environment another port."],
    });
  }

  /** What a service said last; secrets that it was given stay out. */
  async #endOfLog(path: string): Promise<string> {
    const { redact } = createRedactor({ ...this.#ctx.env, ...this.options.env });
    const text = redact(await readFile(path, "utf8").catch(() => ""));
    return text.trim() === "" ? "" : `\n${lastWords(text)}`;
  }

  get #spare(): RunningService {
    return new RunningService(this.folder, "spare");
  }
}
