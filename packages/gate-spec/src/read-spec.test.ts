import { execFile } from "node:child_process";
import { mkdir, open, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { maxSpecBytes, readSpec } from "./read-spec.ts";

const text = "# Foo\n\n## Requirements\n\n- **FR-1**: a\n  - b\n";

async function refusal(content: string | Uint8Array): Promise<unknown> {
  const { root } = await project({ "specs/foo.md": content });
  return readSpec(root, "specs/foo.md").catch((error: unknown) => error);
}

function noInput(reason: RegExp): unknown {
  return expect.objectContaining({ kind: "no-input", message: expect.stringMatching(reason) });
}

describe("readSpec", () => {
  it("reads a specification by relative and absolute path, and names it relative to the root", async () => {
    const { root } = await project({ "specs/foo.md": text });
    const doc = await readSpec(root, "specs/foo.md");
    expect(doc.requirements.map(({ id, at }) => [id, at.file])).toEqual([["FR-1", "specs/foo.md"]]);
    expect(await readSpec(root, join(root, "specs/foo.md"))).toEqual(doc);
  });

  it("reads one with a byte order mark, and one of exactly the largest size", async () => {
    // A comment is cheap to parse, so that only the size is tried and not the speed of the machine.
    const big = `${`${text}\n<!--`.padEnd(maxSpecBytes - 4, "x")}-->\n`;
    const { root } = await project({ "bom.md": `\uFEFF${text}`, "big.md": big });
    expect((await readSpec(root, "bom.md")).requirements).toHaveLength(1);
    expect((await readSpec(root, "big.md")).requirements).toHaveLength(1);
  });
});

describe("a specification that cannot be used is refused", () => {
  it.each([
    ["with a byte too many", text.padEnd(maxSpecBytes + 1, " "), /TP1101 .*specs\/foo\.md: .*1048577 bytes/],
    ["that is binary", Buffer.from("# Foo\0bar"), /binary: byte 5 is NUL/],
    ["in UTF-16", Buffer.from("\uFEFF# Foo", "utf16le"), /binary|UTF-8/],
    ["in Latin-1", Buffer.from("# Größe", "latin1"), /not valid UTF-8/],
    ["with an encoded surrogate", Buffer.from([0x23, 0x20, 0xed, 0xa0, 0x80]), /not valid UTF-8/],
    ["cut inside a character", Buffer.from("# 😀").subarray(0, -1), /not valid UTF-8/],
    ["of nothing", "", /says nothing/],
    ["of blanks", " \n\t\n", /says nothing/],
    ["of a comment", "<!-- later -->\n", /says nothing/],
    [
      "that has moved",
      "# Foo\n\nThis document has moved to `docs/foo.md`.\n",
      /only says that the document has moved/,
    ],
  ])("%s", async (_, content, reason) => {
    expect(await refusal(content)).toEqual(noInput(reason));
  });

  it("of a gigabyte, without reading it", async () => {
    const { root } = await project({ "foo.md": "" });
    const file = await open(join(root, "foo.md"), "r+");
    await file.truncate(1024 ** 3);
    await file.close();
    await expect(readSpec(root, "foo.md")).rejects.toEqual(noInput(/1073741824 bytes/));
  });

  it("that does not exist, is a folder or lies below a file", async () => {
    const { root } = await project({ "foo.md": text });
    await mkdir(join(root, "folder.md"));
    await expect(readSpec(root, "bar.md")).rejects.toEqual(noInput(/TP1101 .*bar\.md: it does not exist/));
    await expect(readSpec(root, "folder.md")).rejects.toEqual(noInput(/not a regular file/));
    await expect(readSpec(root, "foo.md/bar.md")).rejects.toEqual(noInput(/does not exist|outside/));
  });

  it("that is a named pipe, without waiting for its other end", async () => {
    const { root } = await project({});
    await promisify(execFile)("mkfifo", [join(root, "foo.md")]);
    await expect(readSpec(root, "foo.md")).rejects.toEqual(noInput(/not a regular file/));
  });

  it("outside the repository, by path or by link, and a device that never ends", async () => {
    const { root } = await project({});
    const outside = await project({ "foo.md": text });
    await symlink(join(outside.root, "foo.md"), join(root, "link.md"));
    await symlink("/dev/zero", join(root, "zero.md"));
    for (const path of [
      "../foo.md",
      "/etc/passwd",
      join(outside.root, "foo.md"),
      "link.md",
      "zero.md",
      "a\0b",
    ]) {
      await expect(readSpec(root, path)).rejects.toEqual(noInput(/outside the repository/));
    }
  });

  it("with a name that would write to the terminal, by a harmless message", async () => {
    const { root } = await project({});
    const error: unknown = await readSpec(root, "a\u001b[31m\u202e.md").catch((caught: unknown) => caught);
    // oxlint-disable-next-line no-control-regex -- control characters are what it is about
    expect(String(error)).not.toMatch(/[\u001b\u202e]/);
  });

  it("is not the one that only mentions a move", async () => {
    const { root } = await project({});
    await writeFile(join(root, "foo.md"), `${text}\nThe store has moved.\n`);
    expect((await readSpec(root, "foo.md")).requirements).toHaveLength(1);
  });
});
