import { readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { treeDigest } from "../packages/kit/src/tree-digest.ts";
import { openIndex } from "../packages/retriever-local/src/open-index.ts";
import { rowsOf } from "../packages/retriever-local/src/rows.ts";
import type { Timed } from "./interleave.mts";

/** The workloads of the local index, each beside the plain work that it cannot do without. */
export interface IndexWorkloads {
  /** Indexing all files anew, and keeping the index. */
  readonly cold: Timed;
  /** Reading and hashing all files as every digest of a tree does. */
  readonly readAndHash: Timed;
  /** Opening a kept index after looking whether any file has changed. */
  readonly warm: Timed;
  /** Reading the same rows from one file of JSON. */
  readonly readRows: Timed;
}

const count = 1_000;
/** As long as an index does not trust the times of files that were just written. */
const settleMs = 2_100;

/**
 * A corpus of 1,000 Python files, the same in every run, and what is done with it. All of it runs in this process.
 * @param folder absolute; the corpus and the index lie in it
 */
export async function codeIndex(folder: string): Promise<IndexWorkloads> {
  const root = join(folder, "corpus");
  const files: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `pkg${index % 40}/mod${index}.py`;
    files.push(name);
    await mkdir(join(root, name, ".."), { recursive: true });
    await writeFile(join(root, name), moduleText(index));
  }
  await delay(settleMs);
  const keptIn = join(root, "index");
  const open = (): ReturnType<typeof openIndex> => openIndex({ root, files, keptIn, now: Date.now });
  const { entries } = await open();
  const json = join(root, "rows.json");
  const plain = entries.map(({ path, sha256, stamp, rows }) => [
    path,
    sha256,
    stamp,
    rowsOf(rows.toString()),
  ]);
  await writeFile(json, JSON.stringify(plain));

  return {
    async cold() {
      rmSync(keptIn, { force: true });
      const begun = performance.now();
      await open();
      return performance.now() - begun;
    },
    async readAndHash() {
      const begun = performance.now();
      await treeDigest(root, files);
      return performance.now() - begun;
    },
    async warm() {
      const begun = performance.now();
      const { read } = await open();
      if (read > 0) throw new Error(`${read} files were read though none has changed`);
      return performance.now() - begun;
    },
    async readRows() {
      const begun = performance.now();
      JSON.parse(readFileSync(json, "utf8"));
      return performance.now() - begun;
    },
  };
}

/** A module as people write them: about 7 kB, classes, methods with docstrings, comments, requirements. */
function moduleText(index: number): string {
  const parts = [
    `"""Module ${index} of the corpus.\n\nIt keeps things in order.\n"""\n\nimport os\nfrom typing import Any\n`,
    `LIMIT_${index} = ${index}\nNAMES: dict[str, int] = {"a": 1, "b": 2}\n`,
  ];
  for (let part = 0; part < 1 + (index % 4); part += 1) {
    parts.push(
      `class Keeper${part}(Base):\n    """Keeps part ${part}, see FR-${(index + part) % 90}."""\n\n    WIDTH = ${part}\n`,
    );
    for (let method = 0; method < 3; method += 1) {
      const body = Array.from(
        { length: 8 + ((index + method) % 12) },
        (_, line) => `        value = self.items.get("key-${line}", [${line}, ${part}])  # of ${method}`,
      );
      parts.push(
        `    def keep_${method}(self, name: str, count: int = ${method}, *rest: Any) -> dict[str, list[int]]:`,
        `        """Keeps ${method} things by name.\n\n        Longer words about what it does and why.\n        """`,
        ...body,
        `        return {name: [count, *value]}\n`,
      );
    }
  }
  return parts.join("\n");
}
