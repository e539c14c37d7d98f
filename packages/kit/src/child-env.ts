/** What a child may inherit. Everything that bends a tool or holds a secret stays out, as it is not named here. */
const inherited =
  /^(?:PATH|HOME|LANG|LC_[A-Z]+|TMPDIR|TZ|SYSTEMROOT|SYSTEMDRIVE|WINDIR|PATHEXT|TEMP|TMP|USERPROFILE|APPDATA|LOCALAPPDATA)$/;

/** Where the environment of a child comes from. */
export interface ChildEnvSources {
  /** The host's environment, of which only an allow-list is taken. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables that the caller adds or replaces. */
  readonly added?: Readonly<Record<string, string>> | undefined;
  /** Variables that nobody may replace. */
  readonly fixed: Readonly<Record<string, string>>;
}

/**
 * The environment of a child process: an allow-list of the host's, colour and bytecode files off, then what the
 * caller added.
 */
export function childEnv({ env, added = {}, fixed }: ChildEnvSources): Record<string, string> {
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // Windows spells the same variable `Path` or `PATH`.
    const key = process.platform === "win32" ? name.toUpperCase() : name;
    if (value !== undefined && inherited.test(key)) child[key] = value;
  }
  return { ...child, NO_COLOR: "1", PYTHONDONTWRITEBYTECODE: "1", ...added, ...fixed };
}
