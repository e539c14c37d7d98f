import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { runMain, SetupError, step } from "./command.mjs";
import { runExample, runSabotaged } from "./example.mjs";
import { leadToProduction } from "./journey.mjs";
import { sabotages, surprises } from "./sabotage.mjs";
import { setUp } from "./setup.mjs";

/** Breaks the example in one way and shows what stopped it. @param {import("./sabotage.mjs").Sabotage} sabotage */
async function demonstrate(sabotage) {
  const { exitCode, result, records } = await step(
    `${sabotage.name}: must be stopped at ${sabotage.stage}`,
    () => runSabotaged(sabotage),
  );
  for (const { gate, what } of sabotage.faults) console.log(`  ${gate.padEnd(11)} ${what}`);
  const report = join(records, "report.md");
  const differences = [
    ...surprises(sabotage, exitCode, result),
    ...(existsSync(report) ? [] : [`${report} was not written`]),
  ];
  for (const difference of differences) console.error(`  NOT AS EXPECTED  ${difference}`);
  console.log(`  report      ${relative(process.cwd(), report)}\n`);
  return differences.length === 0;
}

await runMain(async () => {
  await setUp();

  console.log("\nThe example, from its specification to clean code:\n");
  const code = await runExample();
  if (code !== 0) throw new SetupError(`The example must pass, but towpath ended with exit code ${code}.`);

  console.log("\nBroken copies of the example, each stopped by the gates that look for its faults:\n");
  let allStopped = true;
  for (const sabotage of sabotages) {
    const stopped = await demonstrate(sabotage);
    allStopped = allStopped && stopped;
  }
  if (!allStopped)
    throw new SetupError("A broken copy was not stopped as it must be; see NOT AS EXPECTED above.");

  console.log("\nA copy of the example, from its specification to production and back:");
  await leadToProduction((title) => console.log(`\n— ${title}\n`));

  console.log("\nEverything is set up. examples/throttle/README.md shows how to go on by hand.");
  return 0;
});
