import { openJournal } from "@towpath/engine-sqlite";
import { serveDashboard } from "../../src/index.ts";

/** Serves the journal of a folder at a port, as a process that a test can kill. */
const [root = "", port = "0"] = process.argv.slice(2);
const journal = openJournal({ root, readOnly: true });
const { url } = await serveDashboard({
  journal: () => journal,
  project: "shop",
  components: ["shop"],
  port: Number(port),
});
process.stdout.write(`${url}\n`);
