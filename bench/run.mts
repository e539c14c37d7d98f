import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeIndex } from "./code-index.mts";
import { journaledSteps, longJournal } from "./journal.mts";
import { interleave, median, time, timeTwoAtATime, type Ratio } from "./interleave.mts";
import {
  balanced,
  emptyNode,
  exampleCopy,
  rawBandit,
  rawPyright,
  rawPytest,
  rawStages,
  reusable,
  tenComponents,
  towpath,
} from "./workloads.mts";

/** Counted pairs; `--pairs n` changes it. */
const asked = process.argv.indexOf("--pairs");
const pairs = asked < 0 ? 7 : Number(process.argv[asked + 1]);

const folder = await realpath(await mkdtemp(join(tmpdir(), "towpath-bench-")));
const rows: string[] = [];
let missed = 0;

function row(what: string, ratio: Ratio, goal: number): void {
  const ok = ratio.median <= goal;
  if (!ok) missed += 1;
  const figures = `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`;
  const times = `${Math.round(ratio.oursMs)} / ${Math.round(ratio.theirsMs)} ms`;
  rows.push(
    `${ok ? "ok  " : "MISS"}  ${what.padEnd(58)} ${figures.padEnd(20)} goal ${goal.toFixed(2)}   ${times}`,
  );
  process.stdout.write(`${rows.at(-1)}\n`);
}

try {
  process.stdout.write(
    `medians of ${pairs} interleaved pairs (min–max); the times are for orientation only\n`,
  );
  const node = (): Promise<number> => time(emptyNode(folder));
  row(
    "towpath --version ÷ node -e 0",
    await interleave(() => time(towpath(folder, ["--version"])), node, pairs * 3),
    1.3,
  );
  row(
    "towpath --help ÷ node -e 0",
    await interleave(() => time(towpath(folder, ["--help"])), node, pairs * 3),
    2.5,
  );

  const ten = await tenComponents(folder);
  const paths = Array.from({ length: 10 }, (_, index) => `src/c${index}`);
  const types = (): Promise<number> => time(towpath(ten, ["check", "types", "--no-cache"]));
  row(
    "types of ten components ÷ one raw pyright over them",
    await interleave(types, () => time(rawPyright(ten, paths)), pairs),
    1.2,
  );

  // Single-threaded tools: what they cost beside each other is what we add, and not their own threads.
  const source = "src/heavy";
  const probe = await balanced(folder, 0);
  const banditAlone = median([await time(rawBandit(probe, source)), await time(rawBandit(probe, source))]);
  const pytestAlone = median([await time(rawPytest(probe, source)), await time(rawPytest(probe, source))]);
  const heavy = await balanced(folder, Math.max(0, banditAlone - pytestAlone));
  const both = (): Promise<number> =>
    time(towpath(heavy, ["check", "sast", "tests", "coverage", "--no-cache"]));
  const slower = async (): Promise<number> =>
    Math.max(await time(rawBandit(heavy, source)), await time(rawPytest(heavy, source)));
  row("two balanced heavy gates ÷ the slower raw command", await interleave(both, slower, pairs), 1.15);
  const typed = (): Promise<number> =>
    time(towpath(heavy, ["check", "types", "tests", "coverage", "--no-cache"]));
  const sideBySide = (): Promise<number> =>
    timeTwoAtATime([rawPyright(heavy, [source]), rawPytest(heavy, source)]);
  row("types and tests ÷ their raw commands side by side", await interleave(typed, sideBySide, pairs), 1.15);

  const { ours: steps, raw: commits } = await journaledSteps(folder);
  row(
    "a journaled step ÷ a raw durable commit of the same size",
    await interleave(steps, commits, pairs * 3),
    4,
  );

  const code = await codeIndex(folder);
  row(
    "indexing 1,000 Python files ÷ reading and hashing them",
    await interleave(code.cold, code.readAndHash, pairs * 3),
    3,
  );
  row(
    "opening an unchanged index ÷ reading its rows as JSON",
    await interleave(code.warm, code.readRows, pairs * 3),
    1.5,
  );

  const long = await longJournal(folder, 100_000);
  await writeFile(
    join(long, "towpath.config.yaml"),
    "plugins: [gate-ruff]\ncomponents: {foo: {source: [src/foo]}}\n",
  );
  row(
    "status on a journal of 100,000 events ÷ node -e 0",
    await interleave(() => time(towpath(long, ["status"])), node, pairs * 3),
    6,
  );

  const example = await exampleCopy(folder);
  // `dependencies` is not among them: its answer depends on an index, so it is never reused.
  const unchanged = towpath(example, ["check", ...reusable]);
  await time(unchanged);
  row(
    "a second check of twelve gates on unchanged code ÷ node -e 0",
    await interleave(() => time(unchanged), node, pairs * 3),
    4,
  );

  const args = [
    "run",
    "--spec",
    "specs/throttle.md",
    "--component",
    "throttle",
    "--target",
    "dev",
    "--no-cache",
  ];
  const whole = (): Promise<number> => time(towpath(example, args));
  const floor = async (): Promise<number> => {
    let total = 0;
    for (const stage of rawStages(example, "src/throttle")) total += await timeTwoAtATime(stage);
    let starts = 0;
    for (let index = 0; index < 5; index += 1) starts += await node();
    return 1.15 * total + starts;
  };
  row(
    "the example's run ÷ (1.15 × its raw commands + 5 × node -e 0)",
    await interleave(whole, floor, pairs),
    1,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(missed === 0 ? "every goal is met\n" : `${missed} goals are missed\n`);
process.exitCode = missed === 0 ? 0 : 1;
