import { join } from "node:path";
import type { GateContext, Retrieval, RetrievalQuery, Retriever } from "@towpath/core";
import { excerpt, toRepoPath } from "@towpath/kit";
import { openIndex } from "./open-index.ts";
import { questionsOf } from "./questions.ts";
import { searchIndex } from "./search-index.ts";

const name = "local";
const keptIn = ".towpath/cache/retriever-local/index";

/**
 * Finds code and documents of the repository without leaving the machine. Nothing is imported or run: files are read.
 * What was read is kept below `.towpath/cache`, but not where the tree is a stranger's, as it could bring its own index.
 */
export const localRetriever: Retriever = { name, retrieve };

async function retrieve(query: RetrievalQuery, ctx: GateContext): Promise<Retrieval> {
  try {
    return await consult(query, ctx);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { retriever: name, consulted: false, reason: excerpt(reason, 500), hits: [] };
  }
}

async function consult({ spec, limit }: RetrievalQuery, ctx: GateContext): Promise<Retrieval> {
  const { workspace, component, signal, trusted } = ctx;
  const { files } = await workspace.list(["."]);
  const wanted = files.filter((file) => /\.(?:pyi?|md)$/.test(file));
  const index = await openIndex({
    root: workspace.root,
    files: wanted,
    now: () => ctx.now(),
    signal,
    ...(trusted ? { keptIn: join(workspace.root, toRepoPath(workspace.root, keptIn)) } : {}),
  });
  const skipped = [...index.skipped].map(([why, count]) => `${count} ${why}`).join(", ");
  const looked = `${index.entries.length} of ${wanted.length} Python and Markdown files`;
  ctx.log(`${looked}, ${index.read} read anew${skipped === "" ? "" : `; skipped: ${skipped}`}`);
  if (index.unkept !== undefined)
    ctx.log(`the index could not be kept: ${excerpt(String(index.unkept), 500)}`);
  if (index.entries.length === 0 && wanted.length > 0)
    throw new Error(`none of ${wanted.length} files could be read: ${skipped}`);
  const own = [...component.source, ...component.tests].map((path) => toRepoPath(workspace.root, path));
  const questions = questionsOf(spec);
  const hits = searchIndex(
    // The specification is the question and no answer.
    index.entries.filter(({ path }) => path !== spec.file),
    { questions, limit, isOwn: (path) => own.some((folder) => isBelow(path, folder)) },
  );
  const reason = questions.left === "" ? {} : { reason: questions.left };
  return { retriever: name, consulted: true, ...reason, hits };
}

function isBelow(path: string, folder: string): boolean {
  return folder === "." || path === folder || path.startsWith(`${folder}/`);
}
