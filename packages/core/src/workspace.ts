/** The checked tree, as gates see it. The host injects it (`createWorkspace` of `@towpath/kit`). */
export interface Workspace {
  /** Absolute real path of the repository root. */
  readonly root: string;
  /**
   * Files below `paths` (POSIX, relative to the root): tracked and untracked, without ignored ones; sorted.
   * `missing` names each path that does not exist.
   */
  list(
    paths: readonly string[],
  ): Promise<{ readonly files: readonly string[]; readonly missing: readonly string[] }>;
  /** Forgets which files there are, so that the next look is fresh. @default every look is */
  forget?(): void;
  /** sha256 over names and contents of `files`; a file that is gone counts as such. */
  digest(files: readonly string[]): Promise<string>;
}
