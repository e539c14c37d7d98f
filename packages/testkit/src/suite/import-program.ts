/**
 * A program that imports a module and prints, as a JSON array, what the module has done besides: variables and globals
 * it set, listeners it added, and what it keeps running. Globals whose names begin with `__` are a library's own
 * registries, such as zod's.
 * @param entry URL of the module
 */
export function importProgram(entry: string): string {
  return `
    const look = () => ({
      cwd: process.cwd(),
      env: JSON.stringify(process.env),
      globals: Reflect.ownKeys(globalThis).map(String).filter((name) => !name.startsWith("__")).join(),
      listeners: process.eventNames().map((name) => String(name) + process.listenerCount(name)).join(),
    });
    const before = look();
    await import(${JSON.stringify(entry)});
    const after = look();
    const changed = Object.keys(before).filter((key) => before[key] !== after[key]);
    const busy = process.getActiveResourcesInfo().filter((kind) => /Timeout|Immediate|Process|TCP|UDP|Worker|Message|FSEvent|Stat/.test(kind));
    process.stdout.write(JSON.stringify([...changed, ...busy]), () => process.exit());
  `;
}
