import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TowpathError, type RunReport } from "@towpath/core";

/**
 * The stored record of a run.
 * @param root absolute repository root
 * @throws {TowpathError} TP6003 when there is none, or it is damaged
 */
export async function readRun(root: string, id: string): Promise<RunReport> {
  const path = join(root, ".towpath", "runs", id, "result.json");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new TowpathError("TP6003", { message: `there is no run ${id}`, where: [path], cause });
  });
  const value = parsed(text);
  if (typeof value === "object" && value !== null && "schemaVersion" in value && value.schemaVersion === 1) {
    // Written by `carryOut` of this schema version.
    return value as RunReport;
  }
  throw new TowpathError("TP6003", {
    message: `the record of run ${id} is damaged or has another schema version`,
    where: [path],
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half a record is none: the caller says so.
    return undefined;
  }
}
