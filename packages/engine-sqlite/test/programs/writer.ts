/**
 * Writes changes one after the other, and says `ack <n>` for each that is stored, or `refused <n> <code>`.
 * Arguments: root, name of the run, number of changes, and optionally `before` or `after` and the number of the
 * transaction around whose COMMIT this process kills itself.
 */
import { writeSync } from "node:fs";
import { isTowpathError } from "@towpath/core";
import { openJournal } from "../../src/index.ts";
import { nthChange } from "../nth-change.ts";

const [root = "", run = "", count = "0", when, at = "0"] = process.argv.slice(2);
const die = (n: number): void => {
  if (n === Number(at)) process.kill(process.pid, "SIGKILL");
};

/** At once, whatever comes next. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function attempt<T>(what: string, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    say(`refused ${what} ${isTowpathError(error) ? error.data.code : String(error)}`);
    return undefined;
  }
}

const faults = when === "before" ? { before: die } : when === "after" ? { after: die } : {};
const journal = attempt("open", () => openJournal({ root, faults }));
for (let n = 1; n <= (journal === undefined ? 0 : Number(count)); n += 1) {
  const done = attempt(String(n), () => {
    journal?.commit(nthChange(run, n));
    return true;
  });
  if (done) say(`ack ${n}`);
}
attempt("close", () => journal?.close());
