import type { GateContext, Hit, Retrieval, RetrievalQuery, Retriever } from "@towpath/core";
import { mapStrings } from "@towpath/core";
import { createRedactor, excerpt, type Redactor } from "@towpath/kit";
import { merged } from "./answer.ts";
import { consultCommand } from "./consult-command.ts";
import { consultUrl } from "./consult-url.ts";
import { context7Questions } from "./context7.ts";
import { declaredQuestions } from "./declared-questions.ts";
import { type Library, librariesOf } from "./libraries.ts";
import type { ServerOptions } from "./options.ts";
import type { Question } from "./question.ts";
import { serenaQuestions } from "./serena.ts";
import { isGone, type Session } from "./session.ts";
import { subjectOf } from "./subject.ts";

/** The retriever that asks one MCP server. */
export function mcpRetriever(server: ServerOptions): Retriever {
  const { name } = server;
  return {
    name,
    async retrieve(query, ctx) {
      const redactor = createRedactor(ctx.env);
      try {
        return await consult(server, query, ctx, redactor);
      } catch (error) {
        const reason = ctx.signal.aborted ? "the run was stopped" : redactor.redact(wordsOf(error));
        return { retriever: name, consulted: false, reason, hits: [] };
      }
    },
  };
}

/** What was found, and the questions that were not answered. */
interface Answers {
  readonly hits: readonly Hit[];
  readonly asked: number;
  readonly failures: readonly unknown[];
}

async function consult(
  server: ServerOptions,
  query: RetrievalQuery,
  ctx: GateContext,
  redactor: Redactor,
): Promise<Retrieval> {
  const { name, timeoutMs } = server;
  // Whatever it names, the author of the tree chose it: a program to run, or who is sent a secret.
  if (!ctx.trusted) throw new Error("no server is asked for a tree that is not trusted");
  const questions = await questionsFor(server, query, ctx);
  if (questions.length === 0) throw new Error(`there is nothing to ask: ${nothingFor(server)}`);
  // Neither the specification nor the code may carry a secret out of the house.
  const redacted = (session: Session): Session => ({
    ...session,
    call: (tool, args) => session.call(tool, mapStrings(args, redactor.redact) as typeof args),
  });
  const use = (session: Session): Promise<Answers> => askAll(questions, redacted(session), ctx.signal);
  const onCall = (tool: string, args: Readonly<Record<string, unknown>>): void => {
    ctx.log(`${name}: asked ${tool} ${excerpt(redactor.redact(JSON.stringify(args)), 500)}`);
  };
  const { hits, asked, failures } =
    "command" in server
      ? await consultCommand({ ...server, timeoutMs, onCall }, ctx, use)
      : await consultUrl({ ...server, timeoutMs, onCall }, ctx, use);
  if (hits.length === 0 && failures.length > 0) throw failures[0];
  const here = await isHere(ctx);
  const found = merged(hits.filter(here).map((hit) => ({ ...hit, text: redactor.redact(hit.text) })));
  const reason =
    failures.length === 0
      ? {}
      : {
          reason: redactor.redact(
            `${failures.length} of ${asked} questions were not answered: ${wordsOf(failures[0])}`,
          ),
        };
  return { retriever: name, consulted: true, ...reason, hits: found.slice(0, Math.max(0, query.limit)) };
}

/** Tells whether a hit is a document, or lies in a file that the tree has: a server may name any. */
async function isHere({ workspace }: GateContext): Promise<(hit: Hit) => boolean> {
  const files = new Set((await workspace.list(["."])).files);
  return ({ kind, path }) => kind === "document" || files.has(path);
}

async function questionsFor(
  { name, preset, tools }: ServerOptions,
  { spec }: RetrievalQuery,
  ctx: GateContext,
): Promise<readonly Question[]> {
  const subject = subjectOf(spec);
  const needsLibraries = preset === "context7" || tools.some((tool) => tool.for === "library");
  const libraries: readonly Library[] = needsLibraries ? await librariesOf(ctx) : [];
  if (preset === "context7") return context7Questions(name, subject, libraries);
  if (preset === "serena") return serenaQuestions(name, subject);
  return declaredQuestions(name, tools, subject, libraries, ctx.component.name);
}

function nothingFor({ preset, tools }: ServerOptions): string {
  if (preset === "context7")
    return "the component imports no library that pyproject.toml or requirements.txt declare";
  if (preset === "serena") return "the specification has neither an API block nor ids of requirements";
  return `the specification and the component have no ${[...new Set(tools.map((tool) => tool.for))].join(" and no ")}`;
}

/** Asks one question after the other. One that fails does not hinder the others, unless the server is gone. */
async function askAll(
  questions: readonly Question[],
  session: Session,
  signal: AbortSignal,
): Promise<Answers> {
  const hits: Hit[] = [];
  const failures: unknown[] = [];
  for (const question of questions) {
    try {
      hits.push(...(await question.ask(session)));
    } catch (error) {
      if (isGone(error) || signal.aborted) throw error;
      failures.push(error);
    }
  }
  return { hits, asked: questions.length, failures };
}

/** The words of an error with those of its causes: `fetch failed` alone says nothing. */
function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let one: unknown = error; one instanceof Error && words.length < 5; one = one.cause) {
    const { name, message } = one;
    // That a time limit was reached is said by whoever set it.
    if (words.length > 0 && /timeout|abort/i.test(name + message)) break;
    if (message !== "" && !words.some((said) => said.includes(message))) words.push(message);
  }
  return excerpt(words.length === 0 ? String(error) : words.join(": "), 500);
}
