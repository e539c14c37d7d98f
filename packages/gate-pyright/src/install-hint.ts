import { join } from "node:path/posix";
import type { Workspace } from "@towpath/core";

/** What declares dependencies, the most exact first, and the command that installs them. */
const installers: readonly (readonly [file: string, command: (python: string) => string])[] = [
  ["uv.lock", () => "uv sync"],
  ["poetry.lock", () => "poetry install"],
  ["pdm.lock", () => "pdm sync"],
  ["requirements.txt", (python) => `${python} -m pip install -r requirements.txt`],
  ["pyproject.toml", (python) => `${python} -m pip install -e .`],
];

/**
 * The command that installs the declared dependencies. It never names a distribution guessed from an import: names
 * differ, and a misspelt one may be somebody else's package.
 * @param folder folder of the component's project, relative to the root; "" is the root
 */
export async function installHint(workspace: Workspace, folder: string, python: string): Promise<string> {
  const folders = folder === "" ? [""] : [folder, ""];
  const { files } = await workspace.list(
    folders.flatMap((one) => installers.map(([file]) => join(one, file))),
  );
  for (const one of folders) {
    const found = installers.find(([file]) => files.includes(join(one, file)));
    if (found === undefined) continue;
    return one === "" ? found[1](python) : `cd ${one} && ${found[1](python)}`;
  }
  return `install the distributions that provide them into the environment of ${python}`;
}
