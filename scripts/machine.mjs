import { run, SetupError } from "./command.mjs";

/** The oldest Node that can run the scripts; the built code runs on the Node that set-up installs. */
const oldestNode = 20;
/** The oldest Python that the pinned tools run on. */
const oldestPython = [3, 11];

/** Refuses a Node that the scripts cannot run on. @param {string} [version] e.g. `20.20.2` */
export function checkNode(version = process.versions.node) {
  if (Number.parseInt(version, 10) >= oldestNode) return;
  throw new SetupError(
    `Node ${version} is too old: set-up needs Node ${oldestNode} or newer.\n` +
      "Install a current Node, open a new terminal and start again.",
    2,
  );
}

/** Says what a Python can do; exits with 0 for every Python 3. */
const probe = [
  "import importlib.util as u, json, sys",
  "print(json.dumps({'version': list(sys.version_info[:3]), 'path': sys.executable,",
  " 'venv': all(u.find_spec(m) for m in ('venv', 'ensurepip'))}))",
].join("\n");

/**
 * Path of a Python that can make the environment for the checked components' tools: `SETUP_PYTHON` if it
 * is set, else the first good one on PATH.
 * @returns {Promise<string>}
 */
export async function findPython() {
  const chosen = process.env["SETUP_PYTHON"];
  const names = chosen
    ? [chosen]
    : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
  /** @type {string[]} */
  const refused = [];
  for (const name of names) {
    const answer = await run([name, "-c", probe]).catch((error) => {
      if (error instanceof SetupError && error.exitCode !== 1) throw error;
      return undefined;
    });
    if (answer?.code !== 0) continue;
    /** @type {{ version: [number, number, number], path: string, venv: boolean }} */
    const { version, path, venv } = JSON.parse(answer.stdout);
    const [major, minor] = version;
    if (major !== oldestPython[0] || minor < Number(oldestPython[1]))
      refused.push(`${path} is ${version.join(".")}`);
    else if (venv) return path;
    else refused.push(`${path} lacks the modules venv and ensurepip`);
  }
  throw new SetupError(
    `No usable Python was found: set-up needs Python ${oldestPython.join(".")} or newer with the module venv.\n` +
      `Looked for ${names.join(", ")} on PATH${refused.length > 0 ? `; ${refused.join("; ")}` : ""}.\n` +
      "Install it (Debian, Ubuntu: apt install python3 python3-venv), or name one: SETUP_PYTHON=/path/to/python3.",
    2,
  );
}
