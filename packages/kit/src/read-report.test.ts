import { execFileSync } from "node:child_process";
import { symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readReport } from "./read-report.ts";
import { tree } from "../test/testing.ts";

it("reads a report as it was written", async () => {
  const root = await tree({
    "r.json": '\ufeff{"a": "é"}\n',
    "bytes.json": new Uint8Array([0x22, 0xff, 0x22]),
  });
  expect(await readReport(join(root, "r.json"), "ruff")).toBe('\ufeff{"a": "é"}\n');
  expect(await readReport(join(root, "bytes.json"), "ruff")).toBe('"\ufffd"');
});

it("R17: no file is no report", async () => {
  const root = await tree();
  const breakage = { kind: "parse", message: "pytest wrote no report" };
  await expect(readReport(join(root, "none.xml"), "pytest")).rejects.toMatchObject(breakage);
});

it("S8: a link, a folder and a pipe are no reports, and none is waited for", async () => {
  const root = await tree({ "real.json": "{}", "folder/x": "" });
  await symlink("real.json", join(root, "link.json"));
  execFileSync("mkfifo", [join(root, "pipe.json")]);
  for (const name of ["link.json", "folder", "pipe.json"]) {
    await expect(readReport(join(root, name), "ruff")).rejects.toMatchObject({ kind: "parse" });
  }
});

it("more than 256 MiB are refused unread", async () => {
  const root = await tree({ "r.json": "" });
  await truncate(join(root, "r.json"), 256 * 1024 * 1024 + 1);
  await expect(readReport(join(root, "r.json"), "ruff")).rejects.toMatchObject({
    message: "the report of ruff is refused",
  });
});
