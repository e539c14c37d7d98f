import { hash } from "node:crypto";
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { DamagedRow } from "./storage-error.ts";

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** Gives the prepared statement of an SQL text; each text is prepared once. */
export type Statements = (sql: string) => StatementSync;

/** The statements of a connection. */
export function statementsOf(db: DatabaseSync): Statements {
  const prepared = new Map<string, StatementSync>();
  return (sql) => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare(sql);
    prepared.set(sql, made);
    return made;
  };
}

/** @throws {DamagedRow} when the column holds no text */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new DamagedRow(`a row without ${column}`);
  return value;
}

/** @throws {DamagedRow} when the column holds no number */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new DamagedRow(`a row without ${column}`);
  return value;
}

/** Digest over all that a row says, its keys included, so that a row that was changed or moved shows. */
export function seal(...parts: readonly (string | number | null | undefined)[]): string {
  return hash("sha256", JSON.stringify(parts));
}

/**
 * What a sealed row's body says.
 * @param keys what else was sealed with it, before the body
 * @throws {DamagedRow} when the seal does not fit
 */
export function unseal(row: Row, ...keys: readonly (string | number)[]): unknown {
  const body = text(row, "body");
  if (seal(...keys, body) !== text(row, "sha"))
    throw new DamagedRow(`a row of ${String(keys[0])} was changed`);
  return JSON.parse(body);
}
