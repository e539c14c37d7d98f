import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The version of a Python tool by the metadata of its virtual environment, which is 100 times as fast as asking it.
 * @param venv absolute path of the virtual environment
 * @param name name of the tool; its distribution must be called the same
 * @param script whether the distribution must own the script of that name
 * @returns undefined unless exactly one distribution fits
 */
export async function distVersion(venv: string, name: string, script: boolean): Promise<string | undefined> {
  try {
    const [python, ...others] = (await readdir(join(venv, "lib"))).filter((entry) =>
      /^python3\.\d+$/.test(entry),
    );
    if (python === undefined || others.length > 0) return undefined;
    const packages = join(venv, "lib", python, "site-packages");
    const [dist, ...more] = (await readdir(packages)).filter((entry) => nameOf(entry) === normal(name));
    if (dist === undefined || more.length > 0) return undefined;
    if (script && !(await owns(join(packages, dist, "RECORD"), `../../../bin/${name}`))) return undefined;
    const metadata = await readFile(join(packages, dist, "METADATA"), "utf8");
    return /^Version: (\d\S*)\r?$/m.exec(metadata)?.[1];
  } catch {
    return undefined;
  }
}

async function owns(record: string, file: string): Promise<boolean> {
  return (await readFile(record, "utf8")).split("\n").some((line) => line.startsWith(`${file},`));
}

function nameOf(entry: string): string | undefined {
  const name = /^(.+)-[^-]+\.dist-info$/.exec(entry)?.[1];
  return name && normal(name);
}

/** As Python's packaging rules compare names. */
function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
