import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { methods } from "@agentclientprotocol/sdk";
import { serve } from "./serve.ts";

/**
 * Writes what lies in a folder, through the protocol: the first one, or the one after that whose files are all there. Keeps
 * what it was told in a file. Arguments: that file, and the folders.
 */
const [, , told = "", ...folders] = process.argv;

serve(async ({ client, sessionId, cwd, prompt, say }) => {
  await appendFile(told, `${sessionId}\n${prompt}\n=====\n`);
  const lacking = await Promise.all(folders.map((folder) => missing(folder, cwd)));
  const wanted = lacking[lacking.findLastIndex(({ length }) => length === 0) + 1] ?? [];
  for (const [file, content] of wanted) {
    const path = join(cwd, file);
    try {
      await client.request(methods.client.fs.writeTextFile, { sessionId, path, content });
    } catch {
      // What the protocol refuses it does by itself.
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  }
  await say(`Wrote ${wanted.map(([file]) => file).join(", ")}.`);
});

async function missing(
  folder: string,
  cwd: string,
): Promise<readonly (readonly [file: string, text: string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found = await Promise.all(
    files.map(async (path) => {
      const file = path.slice(folder.length + 1);
      const text = await readFile(path, "utf8");
      const now = await readFile(join(cwd, file), "utf8").catch(() => undefined);
      return now === text ? [] : [[file, text] as const];
    }),
  );
  return found.flat();
}
