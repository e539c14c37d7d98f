import { journalSuite, project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { openJournal } from "../src/index.ts";

journalSuite(
  { describe, it, expect },
  { name: "on SQLite", open: async () => openJournal({ root: (await project({})).root }) },
);
