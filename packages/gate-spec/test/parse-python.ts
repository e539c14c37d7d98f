import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { pythonEnv } from "@towpath/testkit";
import { extraction, type Extraction } from "../src/api/definitions.ts";
import { extractScript } from "../src/api/extract-script.ts";

/** What the extraction program says of some Python texts and files, by the real Python. */
export async function parsePython(
  blocks: readonly string[],
  files: readonly string[] = [],
): Promise<Extraction> {
  const { python } = await pythonEnv();
  const child = spawn(python, ["-I", "-S", "-c", extractScript], { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  child.stdin.end(JSON.stringify({ blocks, files }));
  const answer = await text(child.stdout);
  await closed;
  return extraction.parse(JSON.parse(answer));
}
