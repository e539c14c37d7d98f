import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Archive, fetchArchive, unpack } from "./pypi-archive.ts";
import { type Counts, type Dimension, dimensions } from "./pypi-counts.ts";
import { toolEnv } from "./pypi-program.ts";
import { rawAudit, rawCounts } from "./pypi-raw.ts";
import { reportedCounts } from "./pypi-report.ts";
import { towpath } from "./towpath.ts";

/** A package that is checked, and what it is in the table for. */
interface Row extends Archive {
  /** What `towpath init` must find. */
  readonly source: readonly string[];
  readonly tests: readonly string[];
  /** Kinds that the raw tools must report, so that the comparison means something. */
  readonly shows: { readonly [D in Dimension]?: readonly string[] };
  /** A change of one file without which the tests cannot be run as they are. */
  readonly edit?: { readonly file: string; readonly from: string; readonly to: string };
  readonly pytestArgs?: readonly string[];
  /** By how many statements what its suite covers differs from run to run. @default 0 */
  readonly unsteady?: number;
}

const rows: readonly Row[] = [
  {
    // Below src/, with settings of its own for ruff (`fix = true`) and pyright. Two test files need a package that is
    // not installed, so that pytest gives up.
    name: "itsdangerous",
    version: "2.2.0",
    sha256: "e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173",
    source: ["src/itsdangerous"],
    tests: ["tests"],
    shows: {
      tests: ["errors"],
      sast: ["high", "low"],
      secrets: ["secret-keyword", "base64-high-entropy-string"],
    },
    edit: {
      file: "pyproject.toml",
      from: "[tool.pytest.ini_options]\n",
      to: '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
    },
  },
  {
    // Below src/, with its settings in .ruff.toml, .pytest.ini and .coveragerc, and doctests among its tests.
    name: "semver",
    version: "3.1.1",
    sha256: "149b26cabada6f63212f97e94505d21578cb1d280cf714827f328d5e70765fea",
    source: ["src/semver"],
    tests: ["tests"],
    shows: { lint: ["C408", "UP045"], tests: ["passed", "skipped"], sast: ["low"], coverage: ["percent"] },
  },
  {
    // A flat package with tests that fail, files that are skipped whole, and dependencies that are missing.
    name: "jsonpickle",
    version: "4.1.4",
    sha256: "8adf24cca611809b55ff5ed2ace850e1a3e4370dad5d363df71569b8f46c9645",
    source: ["jsonpickle"],
    tests: ["tests"],
    shows: {
      lint: ["UP031"],
      types: ["missing numpy"],
      tests: ["failed", "skipped"],
      sast: ["medium", "low"],
      secrets: ["hex-high-entropy-string"],
    },
  },
  {
    // A flat package with type errors, expected failures, and ruff told to leave the tests out.
    name: "sqlparse",
    version: "0.6.1",
    sha256: "ca722573f848ff2d30e40ea30f53a104b7dea7635ea9285891263eb2c58fb6e7",
    source: ["sqlparse"],
    tests: ["tests"],
    shows: {
      types: ["error reportAttributeAccessIssue", "error reportOptionalMemberAccess"],
      tests: ["xfailed", "xpassed"],
      coverage: ["percent"],
    },
    // They demand that a call takes less than a second, which a busy machine breaks.
    pytestArgs: ["--ignore=tests/test_dos_prevention.py"],
  },
  {
    // One module of 4,500 lines without any settings. Its suite covers a line more or less, by the order of a set.
    name: "bottle",
    version: "0.13.4",
    sha256: "787e78327e12b227938de02248333d788cfe45987edca735f8f88e03472c3f47",
    source: ["bottle.py"],
    tests: ["test"],
    unsteady: 2,
    shows: {
      lint: ["UP031", "I001"],
      format: ["bottle.py", "test/test_app.py"],
      sast: ["high", "medium", "low"],
      secrets: ["secret-keyword"],
      coverage: ["percent"],
    },
  },
];

/** What both sides counted in a package. */
interface Compared {
  readonly reported: Counts;
  readonly raw: Counts;
}

/** Lets `towpath init` and `towpath check` look at one copy of a package, and the bare tools at another. */
async function compare(row: Row, audit: Counts["dependencies"]): Promise<Compared> {
  const archive = await fetchArchive(row);
  const [ours, theirs] = [await unpack(archive, row), await unpack(archive, row)];
  if (row.edit !== undefined) {
    for (const root of [ours, theirs]) await replaceIn(join(root, row.edit.file), row.edit.from, row.edit.to);
  }
  const { source, tests, pytestArgs = [] } = row;
  const reported = await check(ours, row);
  return { reported, raw: await rawCounts({ root: theirs, source, tests, pytestArgs }, audit) };
}

async function check(cwd: string, { name, source, tests, pytestArgs }: Row): Promise<Counts> {
  const env = await toolEnv();
  const made = await towpath(["init", "--json"], { cwd, env });
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(made.stdout)).toMatchObject({ components: [{ name, source, tests }] });
  if (pytestArgs !== undefined) {
    const options = JSON.stringify(["gate-coverage", { args: pytestArgs }]);
    await replaceIn(join(cwd, "towpath.config.yaml"), "- gate-coverage\n", `- ${options}\n`);
  }
  const checked = await towpath(["check", "--json"], { cwd, env });
  expect(checked).toMatchObject({ code: 1, stderr: "" });
  return reportedCounts(JSON.parse(checked.stdout));
}

async function replaceIn(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, "utf8");
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
}

/** Works on two items at a time, and ends when all are done. */
async function pairwise<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all([lane(), lane()]);
}

describe("real packages", () => {
  const settled = new Map<string, PromiseSettledResult<Compared>>();
  const figuresOf = (name: string): Compared => {
    const result = settled.get(name);
    if (result?.status !== "fulfilled") throw result?.reason ?? new Error(`${name} was not compared`);
    return result.value;
  };

  beforeAll(async () => {
    const audit = await rawAudit();
    // What breaks on one package fails the tests of that package.
    await pairwise(rows, async (row) => {
      const [result] = await Promise.allSettled([compare(row, audit)]);
      settled.set(row.name, result);
    });
  }, 600_000);

  describe.each(rows)("$name $version", ({ name, shows, unsteady = 0 }) => {
    it.each(dimensions)("has the figures of the bare tools: %s", (dimension) => {
      const { reported, raw } = figuresOf(name);
      const slack = dimension === "coverage" ? unsteady : 0;
      expect(Object.keys(reported[dimension]).toSorted()).toEqual(Object.keys(raw[dimension]).toSorted());
      for (const [figure, count] of Object.entries(raw[dimension]))
        expect(Math.abs((reported[dimension][figure] ?? Number.NaN) - count)).toBeLessThanOrEqual(slack);
    });

    it("has something to count", () => {
      const { raw } = figuresOf(name);
      for (const dimension of dimensions) {
        expect(Object.keys(raw[dimension])).toEqual(expect.arrayContaining([...(shows[dimension] ?? [])]));
      }
    });
  });

  // Whether a dependency is vulnerable is not ours to pin, and a package whose tests pass at times cannot be.
  it.each(dimensions.filter((one) => one !== "dependencies" && one !== "flaky"))(
    "are told apart by their figures: %s",
    (dimension) => {
      const tallies = rows.map(({ name }) => JSON.stringify(figuresOf(name).raw[dimension]));
      expect(tallies.some((text) => text !== "{}")).toBe(true);
      expect(new Set(tallies).size).toBeGreaterThan(1);
    },
  );
});
