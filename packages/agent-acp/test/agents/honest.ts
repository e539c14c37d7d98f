import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { methods } from "@agentclientprotocol/sdk";
import { serve } from "./serve.ts";

/** Does its work: through the protocol (`protocol`), or by writing files itself (`files`). */
const through = process.argv[2] ?? "protocol";

serve(async ({ client, sessionId, cwd, update, say }) => {
  const path = join(cwd, "src/foo/shelf.py");
  await update({
    sessionUpdate: "plan",
    entries: [{ content: "Write the shelf", priority: "high", status: "in_progress" }],
  });
  await say("First I look around. ");
  await update({
    sessionUpdate: "tool_call",
    toolCallId: "call-1",
    title: "Edit shelf.py",
    kind: "edit",
    status: "pending",
    locations: [{ path }],
  });
  const { outcome } = await client.request(methods.client.session.requestPermission, {
    sessionId,
    toolCall: { toolCallId: "call-1" },
    options: [
      { optionId: "always", name: "Always", kind: "allow_always" },
      { optionId: "yes", name: "Yes", kind: "allow_once" },
      { optionId: "no", name: "No", kind: "reject_once" },
    ],
  });
  if (outcome.outcome !== "selected" || outcome.optionId !== "yes") throw new Error(JSON.stringify(outcome));
  const edited = `${await readFile(path, "utf8")}\n\ndef count(shelf):\n    return len(shelf)\n`;
  const test = "from foo.shelf import count\n\n\ndef test_count():\n    assert count([1]) == 1\n";
  if (through === "protocol") {
    const write = (target: string, content: string): Promise<unknown> =>
      client.request(methods.client.fs.writeTextFile, { sessionId, path: join(cwd, target), content });
    const { content } = await client.request(methods.client.fs.readTextFile, {
      sessionId,
      path,
      line: 2,
      limit: 1,
    });
    await write(
      "src/foo/shelf.py",
      edited.replace("    return len(shelf)", `    # after ${content.trim()}\n    return len(shelf)`),
    );
    await write("tests/new/test_count.py", test);
  } else {
    await writeFile(path, edited);
    await writeFile(join(cwd, "tests/test_count.py"), test);
  }
  await update({
    sessionUpdate: "usage_update",
    used: 1200,
    size: 200_000,
    cost: { amount: 0.25, currency: "USD" },
  });
  await update({ sessionUpdate: "tool_call_update", toolCallId: "call-1", status: "completed" });
  await say("The shelf can be ");
  await say("counted.");
});
