import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { folderOf, TargetFolder } from "./target-folder.ts";

const record = { key: "k", run: "r", epoch: 1, digest: "d".repeat(64), at: "", rollbacks: [] };

async function folder(): Promise<TargetFolder> {
  const target = new TargetFolder(join((await project({})).root, "target"));
  await target.prepare();
  return target;
}

let made = 0;

/** Adds a complete release, a millisecond newer than the one before. */
async function release(target: TargetFolder, digest: string): Promise<string> {
  const name = await target.begin(digest, ++made);
  await target.complete(name, { ...record, digest, at: new Date(made).toISOString() });
  return name;
}

const reader = `
const { readFileSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const stop = new Int32Array(workerData.stop);
const seen = { reads: 0, problems: [] };
parentPort.postMessage("ready");
while (Atomics.load(stop, 0) === 0) {
  seen.reads++;
  try {
    JSON.parse(readFileSync(workerData.file, "utf8"));
  } catch (error) {
    seen.problems.push(String(error));
  }
}
parentPort.postMessage(seen);
`;

describe("the folder of a target", () => {
  it("never leaves a busy reader of `current` without a release, however often it is switched", async () => {
    const target = await folder();
    const names = [await release(target, "a".repeat(64)), await release(target, "b".repeat(64))];
    await target.switchTo(names[0] ?? "");
    const stop = new SharedArrayBuffer(4);
    const workerData = { stop, file: join(target.path, "current", "RELEASE.json") };
    const worker = new Worker(reader, { eval: true, workerData });
    await once(worker, "message");
    for (let turn = 1; turn <= 400; turn++) await target.switchTo(names[turn % 2] ?? "");
    Atomics.store(new Int32Array(stop), 0, 1);
    const [seen] = (await once(worker, "message")) as [{ reads: number; problems: readonly string[] }];
    expect(seen.problems).toEqual([]);
    expect(seen.reads).toBeGreaterThan(400);
  });

  it("counts a release as there only when its record is, which is written last", async () => {
    const target = await folder();
    const half = await target.begin("c".repeat(64), 0);
    await mkdir(join(target.path, "releases", half, ".venv"));
    const whole = await release(target, "d".repeat(64));
    expect((await target.releases()).map(({ name }) => name)).toEqual([whole]);
    await target.tidy();
    expect(await readdir(join(target.path, "releases"))).toEqual([whole]);
  });

  it("knows the newer of two releases that were made in one second, also of one digest", async () => {
    const target = await folder();
    const names: string[] = [];
    for (const sign of ["f", "e", "e"]) names.push(await release(target, sign.repeat(64)));
    expect((await target.releases()).map(({ name }) => name)).toEqual(names);
    expect(folderOf(await target.releases(), "e".repeat(64))?.name).toBe(names[2]);
  });

  it("prunes the oldest, but not the current one, the last verified one and the one to go back to", async () => {
    const target = await folder();
    const digests = ["6", "5", "4", "3", "2", "1"].map((sign) => sign.repeat(64));
    const names: string[] = [];
    for (const digest of digests) names.push(await release(target, digest));
    await target.switchTo(names[2] ?? "");
    await target.remember({ verified: [digests[0] ?? "", digests[2] ?? ""] });
    await target.prune(1);
    const left = (await target.releases()).map(({ name }) => name);
    expect(left).toEqual([names[0], names[2], names[5]]);
  });

  it("removes the links and files that a killed process left, and nothing else", async () => {
    const target = await folder();
    await writeFile(target.own("1.tmp"), "");
    await writeFile(target.own("place.json"), "");
    await target.tidy();
    expect(existsSync(target.own("1.tmp"))).toBe(false);
    expect(existsSync(target.own("place.json"))).toBe(true);
  });
});
