import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readText } from "./text-files.ts";

describe("readText", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "text-files-"));
  });
  afterAll(() => rm(root, { recursive: true }));

  const read = async (bytes: Uint8Array | string): Promise<{ text: string; utf8: boolean } | undefined> => {
    await writeFile(join(root, "file"), bytes);
    return readText(root, "file");
  };

  it("reads UTF-8 as it is, NUL bytes included", async () => {
    expect(await read("größe\0")).toEqual({ text: "größe\0", utf8: true });
  });

  it("reads what is not UTF-8 as Latin-1, so that a single odd byte hides nothing", async () => {
    expect(await read(Buffer.from("gr\xf6\xdfe", "latin1"))).toEqual({ text: "größe", utf8: false });
  });

  it("reads UTF-16 of either byte order", async () => {
    const little = Buffer.from("\ufeffkey = 1", "utf16le");
    expect(await read(little)).toEqual({ text: "key = 1", utf8: false });
    expect(await read(Buffer.from(little).swap16())).toEqual({ text: "key = 1", utf8: false });
  });

  it("passes over binary files, links, folders and files that are gone", async () => {
    expect(await read(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]))).toBeUndefined();
    await symlink(join(root, "file"), join(root, "link"));
    expect(await readText(root, "link")).toBeUndefined();
    expect(await readText(root, ".")).toBeUndefined();
    expect(await readText(root, "gone")).toBeUndefined();
  });
});
