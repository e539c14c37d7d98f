import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { project, pythonEnv } from "@towpath/testkit";
import { runProgram } from "./pypi-program.ts";

/** A source archive, pinned. */
export interface Archive {
  readonly name: string;
  readonly version: string;
  /** Of the archive's bytes, in hexadecimal digits. */
  readonly sha256: string;
}

const folder = fileURLToPath(new URL("../../../.setup/archives", import.meta.url));

/** Unpacks without following what an archive may do to a machine: absolute paths, `..`, links out of it, devices. */
const extract = [
  "import sys, tarfile",
  "archive, folder = tarfile.open(sys.argv[1]), sys.argv[2]",
  "if hasattr(tarfile, 'data_filter'):",
  "    archive.extractall(folder, filter='data')",
  "else:",
  "    # Python before 3.11.4 has no filters: only plain files and folders that stay inside are taken.",
  "    inside = lambda m: not m.name.startswith('/') and '..' not in m.name.split('/')",
  "    archive.extractall(folder, [m for m in archive if (m.isreg() or m.isdir()) and inside(m)])",
].join("\n");

/**
 * The verified archive: kept from an earlier run, else downloaded.
 * @returns its absolute path
 * @throws {Error} when it can be had from nowhere, or its bytes are not the pinned ones
 */
export async function fetchArchive(archive: Archive): Promise<string> {
  const path = join(folder, fileName(archive));
  if ((await digestOf(path)) !== archive.sha256) await download(archive, path);
  const digest = await digestOf(path);
  if (digest === archive.sha256) return path;
  throw new Error(`${path} has sha256 ${digest}, pinned is ${archive.sha256}`);
}

/**
 * Unpacks an archive into a temporary folder of its own.
 * @returns absolute path of the project in it
 */
export async function unpack(path: string, archive: Archive): Promise<string> {
  const { root } = await project({});
  const { python, env } = await pythonEnv();
  await runProgram({ command: python, args: ["-c", extract, path, root], cwd: root, env });
  return join(root, `${archive.name}-${archive.version}`);
}

/** pip finds the index as this machine is set up to, and checks the hash for itself. */
async function download(archive: Archive, path: string): Promise<void> {
  const { name, version, sha256 } = archive;
  await mkdir(folder, { recursive: true });
  const place = await mkdtemp(join(folder, "download-"));
  try {
    const requirements = join(place, "requirements.txt");
    await writeFile(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
    const { python, env } = await pythonEnv();
    await runProgram({
      command: python,
      args: [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        `--no-binary=${name}`,
        "--require-hashes",
        `--requirement=${requirements}`,
        `--dest=${place}`,
      ],
      cwd: place,
      env: { ...process.env, ...env },
    });
    await rename(join(place, fileName(archive)), path);
  } catch (cause) {
    throw new Error(`the source archive of ${name} ${version} is not in ${folder} and cannot be downloaded`, {
      cause,
    });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function fileName({ name, version }: Archive): string {
  return `${name}-${version}.tar.gz`;
}

/** @returns undefined when there is no such file */
async function digestOf(path: string): Promise<string | undefined> {
  try {
    return createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
