// Adds messages to a session, one save for each, as a process of its own.
import { newSession } from "@towpath/core";
import { fileStore } from "../src/file-store.ts";

const [root = "", name = "", count = "0"] = process.argv.slice(2);
const store = fileStore({ root });
const id = "foo-workflow-2026-11-22";
for (let n = 0; n < Number(count); n += 1) {
  const loaded = (await store.read(id)) ?? { ...newSession("foo", 0), id };
  const message = {
    role: "user",
    content: `${name}/${n}`,
    at: new Date().toISOString(),
    importance: 0.5,
    untrusted: true,
  } as const;
  await store.save({ ...loaded, messages: [...loaded.messages, message] });
  process.stdout.write(`${name}/${n}\n`);
}
