/** Variables without which programs do not start, or not find their places. */
const needed = ["PATH", "HOME", "TMPDIR", "LANG", "SystemRoot", "TEMP", "USERPROFILE"];

/** The little of this process's environment that a gate under test gets, so that tests do not depend on the rest. */
export function machineEnv(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(needed.map((name) => [name, process.env[name]]));
}
