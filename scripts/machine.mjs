import { run, SetupError } from "./command.mjs";

/** The oldest Node that can run the scripts; the built code runs on the Node that set-up installs. */
const oldestNode = 20;
/** The oldest Python that the pinned tools run on. */
const oldestPython = /** @type {const} */ ([3, 11]);

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

/** @typedef {{ version: [major: number, minor: number, patch: number], path: string, venv: boolean }} PythonAnswer */

/** Pythons that are tried, in this order; `SETUP_PYTHON` in the environment names the only one. */
function candidates() {
  const chosen = process.env["SETUP_PYTHON"];
  return chosen ? [chosen] : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
}

/**
 * Path of the first Python that can make the environment for the example's and the tests' tools.
 * @param {readonly string[]} [names] programs on PATH, or paths
 * @returns {Promise<string>}
 * @throws {SetupError} when there is none; the message names those that were refused, and why
 */
export async function findPython(names = candidates()) {
  /** @type {string[]} */
  const refused = [];
  for (const name of names) {
    const answer = await ask(name);
    if (answer === undefined) continue;
    const complaint = complaintAbout(answer);
    if (complaint === undefined) return answer.path;
    refused.push(`${answer.path} ${complaint}`);
  }
  const why = refused.length > 0 ? `; but ${refused.join(", and ")}` : "";
  throw new SetupError(
    `No usable Python was found: set-up needs Python ${oldestPython.join(".")} or newer with the module venv.\n` +
      `Looked for ${names.join(", ")}${why}.\n` +
      "Install one (Debian, Ubuntu: apt install python3 python3-venv), or name it: SETUP_PYTHON=/path/to/python3.",
    2,
  );
}

/** What a program says about itself; nothing when it is not there or no Python 3. @param {string} name @returns {Promise<PythonAnswer | undefined>} */
async function ask(name) {
  try {
    const { code, stdout } = await run([name, "-c", probe]);
    return code === 0 ? JSON.parse(stdout) : undefined;
  } catch (error) {
    if (error instanceof SetupError && error.exitCode > 128) throw error; // stopped by the user
    return undefined;
  }
}

/** @param {PythonAnswer} answer */
function complaintAbout({ version, venv }) {
  const [major, minor] = version;
  const [neededMajor, neededMinor] = oldestPython;
  if (major < neededMajor || (major === neededMajor && minor < neededMinor)) return `is ${version.join(".")}`;
  return venv ? undefined : "lacks the modules venv and ensurepip";
}
