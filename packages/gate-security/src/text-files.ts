import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Breakage, type GateContext } from "@towpath/core";

/** A file of the checked tree that holds text. */
export interface TextFile {
  /** POSIX path relative to the repository root. */
  readonly path: string;
  /** Whether tools that read UTF-8 can read it as it is. */
  readonly utf8: boolean;
}

/**
 * The text files of a component: source, tests and specification, whatever their suffix, untracked ones included.
 * Links, binary and empty files and `except` are left out.
 * @throws {Breakage} `no-input` when a declared path is missing or no text file is left
 */
export async function textFiles(ctx: GateContext, except?: string): Promise<readonly TextFile[]> {
  const { source, tests, spec } = ctx.component;
  const declared = [...source, ...tests, ...(spec === undefined ? [] : [spec])];
  const { files, missing } = await ctx.workspace.list(declared);
  if (missing.length > 0) {
    throw new Breakage("no-input", {
      message: `declared paths do not exist: ${missing.join(", ")}`,
      where: missing,
    });
  }
  const texts: TextFile[] = [];
  for (const path of files) {
    const text = path === except ? undefined : await readText(ctx.workspace.root, path);
    if (text?.text) texts.push({ path, utf8: text.utf8 });
  }
  if (texts.length > 0) return texts;
  throw new Breakage("no-input", {
    message: `there is no text file in ${declared.join(", ")}`,
    where: declared,
  });
}

/**
 * Reads a file in the encoding that it is written in: UTF-8, UTF-16 with a byte order mark, else Latin-1.
 * @returns undefined for a binary file (a NUL byte among its first 8000, as git decides), a link, or a file that is gone
 * @throws {Breakage} `environment` when the file cannot be read
 */
export async function readText(
  root: string,
  path: string,
): Promise<{ readonly text: string; readonly utf8: boolean } | undefined> {
  const bytes = await readRegularFile(join(root, path), path);
  if (bytes === undefined) return undefined;
  const text = decode(bytes, "utf-8");
  if (text !== undefined) return { text, utf8: true };
  const utf16 = decode(bytes, utf16Label(bytes));
  if (utf16 !== undefined) return { text: utf16, utf8: false };
  return bytes.subarray(0, 8000).includes(0) ? undefined : { text: bytes.toString("latin1"), utf8: false };
}

async function readRegularFile(absolute: string, path: string): Promise<Buffer | undefined> {
  try {
    return (await lstat(absolute)).isFile() ? await readFile(absolute) : undefined;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new Breakage("environment", { message: `${path} cannot be read`, where: [path], cause });
  }
}

function utf16Label(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

function decode(bytes: Buffer, label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
