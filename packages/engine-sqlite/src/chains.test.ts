import { join } from "node:path";
import { project } from "@towpath/testkit";
import { expect, it } from "vitest";
import { readChain, readEvents, readLatest } from "./chains.ts";
import { openDatabase } from "./database.ts";
import { statementsOf } from "./rows.ts";
import { readRun, readRuns } from "./runs.ts";
import { makeStateFolder } from "./state-folder.ts";

/** How SQLite carries out what a query asks for. */
async function planOf(query: (sql: ReturnType<typeof statementsOf>) => unknown): Promise<string> {
  const { root } = await project({});
  const db = openDatabase(join(makeStateFolder(root), "journal.db"), 0);
  const asked: string[] = [];
  const known = statementsOf(db);
  query((text) => {
    asked.push(text);
    return known(text);
  });
  const steps = asked.flatMap((text) => {
    const statement = db.prepare(`explain query plan ${text}`);
    return statement.all(...Array.from({ length: text.split("?").length - 1 }, () => 1));
  });
  db.close();
  return steps.map(({ detail }) => String(detail)).join("\n");
}

it.each([
  ["a run", (sql) => readRun(sql, "r1")],
  ["open runs", (sql) => readRuns(sql, { open: true })],
  ["the runs of a component", (sql) => readRuns(sql, { component: "cart" })],
  ["the open runs of a component", (sql) => readRuns(sql, { open: true, component: "cart" })],
  ["the last result of a gate", (sql) => readLatest(sql, "cart", "lint")],
  ["the results of a component", (sql) => readChain(sql, "evidence", "cart")],
  ["the facts of a component", (sql) => readChain(sql, "fact", "cart")],
  ["new events", (sql) => readEvents(sql, { after: 9, limit: 1 })],
  ["new events of a run", (sql) => readEvents(sql, { run: "r1", after: 9, limit: 1 })],
] as [string, (sql: ReturnType<typeof statementsOf>) => unknown][])(
  "%s are found without reading through what else there is",
  async (what, query) => {
    const plan = await planOf(query);
    expect(plan).toContain("SEARCH");
    // The index of open runs holds nothing else, so all of it is wanted.
    expect(plan.replace("SCAN run USING INDEX run_open", "")).not.toContain("SCAN");
    // Few rows may be sorted, or all that are wanted anyway.
    expect(plan.includes("TEMP B-TREE")).toBe(["open runs", "the results of a component"].includes(what));
  },
);
