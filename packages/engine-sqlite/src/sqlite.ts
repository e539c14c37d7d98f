import type * as Sqlite from "node:sqlite";

/**
 * `node:sqlite`, loaded when it is first needed. Node 22 warns at that moment that it is experimental; that one warning
 * is not passed on.
 */
export function sqlite(): typeof Sqlite {
  return withoutSqliteWarning(() => process.getBuiltinModule("node:sqlite"));
}

/** Does something, and holds back the one warning that SQLite is experimental. Every other warning is heard. */
export function withoutSqliteWarning<T>(load: () => T): T {
  const emit = process.emitWarning;
  const filtered = (...args: readonly unknown[]): void => {
    const [warning, type] = args;
    const own = type === "ExperimentalWarning" && typeof warning === "string" && /^SQLite\b/.test(warning);
    if (!own) Reflect.apply(emit, process, args);
  };
  process.emitWarning = filtered;
  try {
    return load();
  } finally {
    process.emitWarning = emit;
  }
}

/**
 * Whether several processes may share a file in WAL mode: SQLite before 3.51.3 could corrupt it when the log was reset
 * (https://sqlite.org/wal.html#walresetbug).
 * @param version as in `process.versions.sqlite`
 */
export function walIsSafe(version: string | undefined): boolean {
  const [major = 0, minor = 0, patch = 0] = (version ?? "").split(".").map(Number);
  return major > 3 || (major === 3 && (minor > 51 || (minor === 51 && patch >= 3)));
}
