import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * One edit that breaks the example, and the gate that must notice it.
 * @typedef {object} Fault
 * @property {string} what in words for the user
 * @property {string} gate
 * @property {string} file relative to the example
 * @property {string} [find] text that occurs exactly once in the file; absent: the file is removed
 * @property {string} [replace]
 */

/**
 * A broken copy of the example, and the stage that must stop it.
 * @typedef {object} Sabotage
 * @property {string} name fit for a folder name
 * @property {string} stage
 * @property {readonly string[]} [flags] for `towpath run`
 * @property {readonly Fault[]} faults
 */

/**
 * What counts of a run's `result.json`.
 * @typedef {object} RunResult
 * @property {string} run
 * @property {number} exit
 * @property {readonly { stage: string, status: string, results: readonly { gate: string, verdict: string, required: boolean }[] }[]} stages
 */

const manyBranches = Array.from({ length: 12 }, (_, n) => `    if word == "${n}":\n        return "-"`).join(
  "\n",
);

/** Broken copies in the order of the stages that stop them. @type {readonly Sabotage[]} */
export const sabotages = [
  {
    name: "undecided-specification",
    stage: "specification",
    faults: [
      {
        what: "a target that says TBD",
        gate: "spec",
        file: "specs/throttle.md",
        find: "**Target:** p95 < 50 ms",
        replace: "**Target:** TBD",
      },
    ],
  },
  {
    name: "broken-contract",
    stage: "implementation",
    faults: [
      {
        what: "a parameter that the specification calls otherwise",
        gate: "api",
        file: "src/throttle/bucket.py",
        find: "def take(self, key: str, tokens: int = 1) -> Answer:\n",
        replace: "def take(self, key: str, amount: int = 1) -> Answer:\n        tokens = amount\n",
      },
    ],
  },
  {
    name: "defect-in-the-logic",
    stage: "testing",
    faults: [
      {
        what: "buckets that overflow",
        gate: "tests",
        file: "src/throttle/bucket.py",
        find: "return min(self._capacity, bucket.level + (now - bucket.at) * self._per_second)",
        replace: "return bucket.level + (now - bucket.at) * self._per_second",
      },
    ],
  },
  {
    name: "tests-thrown-away",
    stage: "testing",
    faults: [{ what: "half of the tests removed", gate: "coverage", file: "tests/test_service.py" }],
  },
  {
    name: "careless-code",
    stage: "refactoring",
    flags: ["--no-fix"], // the import and the format would be mended on the way
    faults: [
      {
        what: "an import that nothing uses",
        gate: "lint",
        file: "src/throttle/bucket.py",
        find: "import time\n",
        replace: "import time\nimport tomllib\n",
      },
      {
        what: "a line that is not formatted",
        gate: "format",
        file: "src/throttle/bucket.py",
        find: "self._lock = threading.Lock()",
        replace: "self._lock = threading.Lock( )",
      },
      {
        what: "a wrong return type",
        gate: "types",
        file: "src/throttle/bucket.py",
        find: "def _level(self, bucket: _Bucket, now: float) -> float:",
        replace: "def _level(self, bucket: _Bucket, now: float) -> str:",
      },
      {
        what: "a function with 13 paths",
        gate: "complexity",
        file: "src/throttle/service.py",
        find: "def _refusal(",
        replace: `def describe(word: str) -> str:\n    """Say what a word means."""\n${manyBranches}\n    return ""\n\n\ndef _refusal(`,
      },
      {
        what: "a hard-coded access key",
        gate: "secrets",
        file: "src/throttle/service.py",
        find: "MAX_BODY_BYTES = 4096\n",
        replace: `MAX_BODY_BYTES = 4096\nACCESS_KEY = "${"AKIA"}Q7XW2M5T9K3LPZRD"\n`,
      },
      {
        what: "a broken hash function",
        gate: "sast",
        file: "src/throttle/__init__.py",
        find: '__version__ = "0.1.0"\n',
        replace:
          '__version__ = "0.1.0"\n\nimport hashlib\n\nBUILD = hashlib.md5(__version__.encode()).hexdigest()\n',
      },
    ],
  },
];

/**
 * Breaks a copy of the example.
 * @param {string} folder absolute path of the copy @param {Sabotage} sabotage
 * @throws when the example no longer holds the text that a fault replaces
 */
export function applySabotage(folder, { name, faults }) {
  for (const { file, find, replace = "" } of faults) {
    const path = join(folder, file);
    if (find === undefined) {
      rmSync(path);
      continue;
    }
    const parts = readFileSync(path, "utf8").split(find);
    if (parts.length !== 2) throw new Error(`${name}: ${file} must hold exactly once: ${find}`);
    writeFileSync(path, parts.join(replace));
  }
}

/**
 * What differs between the end of a run and the end that the sabotage must have: stopped with exit code 1, at its
 * stage, by exactly its gates.
 * @param {Sabotage} sabotage @param {number} exitCode of the process @param {RunResult} result
 * @returns {readonly string[]} empty when all is as it must be
 */
export function surprises({ stage, faults }, exitCode, result) {
  const last = result.stages.at(-1);
  const stoppedBy = (last?.results ?? [])
    .filter(({ required, verdict }) => required && verdict !== "passed" && verdict !== "warned")
    .map(({ gate, verdict }) => `${gate} ${verdict}`);
  const expected = [...new Set(faults.map(({ gate }) => `${gate} failed`))];
  return [
    ...different("exit code of the process", 1, exitCode),
    ...different("exit code in the result", 1, result.exit),
    ...different("last stage", `${stage} stopped`, `${last?.stage} ${last?.status}`),
    ...different("stopped by", expected.toSorted().join(", "), stoppedBy.toSorted().join(", ")),
  ];
}

/** @param {string} what @param {unknown} expected @param {unknown} actual @returns {readonly string[]} */
function different(what, expected, actual) {
  return expected === actual ? [] : [`${what}: expected ${expected}, got ${actual}`];
}
