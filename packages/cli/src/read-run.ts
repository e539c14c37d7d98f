import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { TowpathError, type RunReport } from "@towpath/core";
import { readRunReport } from "@towpath/report";

/** A record of more bytes is refused: somebody else may have written the file. */
const largestBytes = 256 * 1024 * 1024;

/**
 * The stored record of a run.
 * @param root absolute repository root
 * @throws {TowpathError} TP6003 when there is none, or it is damaged
 */
export async function readRun(root: string, id: string): Promise<RunReport> {
  return readRecord(join(root, ".towpath", "runs", id, "result.json"), `there is no run ${id}`);
}

/**
 * The record in a file.
 * @param missing what to say when there is no such file
 * @throws {TowpathError} TP6003 when it cannot be read or is no record
 */
export async function readRecord(path: string, missing = `there is no record ${path}`): Promise<RunReport> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new TowpathError("TP6003", { message: missing, where: [path], cause });
  });
  if (!found.isFile() || found.size > largestBytes)
    throw new TowpathError("TP6003", {
      message: `${path} is no record: it is no file, or larger than 256 MiB`,
      where: [path],
    });
  return readRunReport(await readFile(path, "utf8"), path);
}
