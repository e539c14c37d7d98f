import { memoryJournal } from "@towpath/core";
import { describe, expect, it } from "vitest";
import { journalSuite } from "../src/index.ts";

journalSuite({ describe, it, expect }, { name: "memory", open: () => memoryJournal() });
