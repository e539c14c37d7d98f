import { lockComponent, openJournal, type Hold } from "../../src/index.ts";

/** What a racer is asked to do; it answers each question with one message. */
export type Question =
  | { readonly do: "lock"; readonly root: string; readonly component: string }
  | { readonly do: "release" }
  | { readonly do: "allow"; readonly root: string; readonly breaker: string; readonly now: number };

let hold: Hold | undefined;

process.on("message", (question: Question) => process.send?.(answer(question)));
process.send?.("ready");

function answer(question: Question): string {
  try {
    if (question.do === "release") {
      hold?.release();
      return "released";
    }
    if (question.do === "allow") {
      const journal = openJournal({ root: question.root });
      const allowed = journal.allow(question.breaker, question.now);
      journal.close();
      return allowed ? "allowed" : "refused";
    }
    const owner = { run: "r1", pid: process.pid, host: "here", startedAt: "2026-01-01T00:00:00.000Z" };
    hold = lockComponent({ ...question, owner });
    return "locked";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
