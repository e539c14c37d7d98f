import type { TargetContext } from "./deployer.ts";

/** Where alerts about a component arrive, for the drill that proves that they do. */
export interface AlertSource {
  /** e.g. `file`, `alertmanager` */
  readonly name: string;
  /**
   * The alerts that arrived since a time. Reads only; asked again and again until one came or the drill's limit is over.
   * @param since epoch milliseconds
   * @returns one line about each
   * @throws {Breakage} when it cannot be asked
   */
  alerts(ctx: TargetContext, since: number): Promise<readonly string[]>;
}
