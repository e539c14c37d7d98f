import type { Library } from "./libraries.ts";
import { quoted } from "./answer.ts";
import type { Question } from "./question.ts";
import type { ListedTool, Session } from "./session.ts";
import { idsThatSay, type Subject } from "./subject.ts";

/** Libraries that are asked about in one run. Each takes two calls; the service allows three for a question. */
const mostLibraries = 5;
const mostNames = 8;

/**
 * Questions to Context7, which serves documentation of public libraries. It is told the names of libraries and what the
 * component imports from them: nothing that the specification says.
 * @param from the retriever's name
 */
export function context7Questions(
  from: string,
  subject: Subject,
  libraries: readonly Library[],
): readonly Question[] {
  return libraries.slice(0, mostLibraries).map(({ name, imported }) => ({
    about: name,
    async ask(session) {
      const query = `${name}: ${imported.length === 0 ? "overview of the API" : imported.slice(0, mostNames).join(", ")}`;
      const found = await session.call(
        "resolve-library-id",
        accepted(session, "resolve-library-id", { query, libraryName: name }),
      );
      // The answer lists libraries, the best first, with their ids; whatever else it says is not followed.
      const id = /(?:^|[\s:`"'(])(\/[\w.-]{1,100}\/[\w.-]{1,100}(?:\/[\w.-]{1,100})?)(?=$|[\s`"'),])/m.exec(
        found,
      )?.[1];
      if (id === undefined) return [];
      const tool = session.tools.has("query-docs") ? "query-docs" : "get-library-docs";
      const args = {
        libraryId: id,
        query,
        context7CompatibleLibraryID: id,
        topic: imported.slice(0, mostNames).join(", "),
      };
      const text = await session.call(tool, accepted(session, tool, args));
      if (text.trim() === "") return [];
      return [
        {
          kind: "document",
          path: `https://context7.com${id}`,
          text: quoted(from, text),
          score: 0.8,
          requirements: idsThatSay(subject, name),
        },
      ];
    },
  }));
}

/** The arguments that a tool takes; all of them when it does not say. */
function accepted(
  { tools }: Session,
  name: string,
  args: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const takes: ListedTool["takes"] = tools.get(name)?.takes ?? [];
  return takes.length === 0
    ? args
    : Object.fromEntries(Object.entries(args).filter(([key]) => takes.includes(key)));
}
