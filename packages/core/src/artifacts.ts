/** A typed name of something that several gates share. The token carries the type; nothing is declared globally. */
export interface ArtifactKey<T> {
  readonly id: string;
  /** Never set: it only carries the type. */
  readonly __type?: T;
}

/**
 * Makes the token of an artifact.
 * @param id unique name, by convention `<plugin>.<what>`
 * @example export const pytestRun: ArtifactKey<PytestRun> = artifact("coverage.pytest-run");
 */
export function artifact<T>(id: string): ArtifactKey<T> {
  return { id };
}

/** The artifacts that a gate may read: those it named in `needs`, already made. */
export interface Artifacts {
  /** @throws {TowpathError} TP1304 when the gate did not name the artifact in `needs` */
  get<T>(key: ArtifactKey<T>): T;
}
