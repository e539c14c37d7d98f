import { quoted } from "./answer.ts";
import type { Library } from "./libraries.ts";
import type { ToolUse } from "./options.ts";
import type { Question } from "./question.ts";
import { idsThatSay, type Subject } from "./subject.ts";

/** What a tool is asked about: the values of its placeholders. */
interface Topic {
  readonly about: string;
  readonly values: Readonly<Record<string, string>>;
  readonly requirements: readonly string[];
}

/**
 * Questions to a server whose tools the configuration declares.
 * @param from the retriever's name
 */
export function declaredQuestions(
  from: string,
  tools: readonly ToolUse[],
  subject: Subject,
  libraries: readonly Library[],
  component: string,
): readonly Question[] {
  return tools.flatMap(({ tool, for: asked, arguments: args, max }) =>
    topicsOf(asked, subject, libraries)
      .slice(0, max)
      .map(({ about, values, requirements }, index): Question => ({
        about: `${about} by ${tool}`,
        async ask(session) {
          const text = await session.call(tool, filled(args, { ...values, component }));
          if (text.trim() === "") return [];
          return [
            {
              kind: "document",
              path: `mcp:${from}/${tool}#${encodeURIComponent(about)}`,
              text: quoted(from, text),
              score: Math.max(0.1, 0.8 - 0.02 * index),
              requirements,
            },
          ];
        },
      })),
  );
}

function topicsOf(asked: ToolUse["for"], subject: Subject, libraries: readonly Library[]): readonly Topic[] {
  switch (asked) {
    case "requirement":
      return subject.requirements.map(({ id, title, text }) => ({
        about: id,
        values: { id, title, text },
        requirements: [id],
      }));
    case "name":
      return subject.names.map((name) => ({
        about: name,
        values: { name },
        requirements: idsThatSay(subject, name.slice(name.lastIndexOf(".") + 1)),
      }));
    case "library":
      return libraries.map(({ name }) => ({
        about: name,
        values: { library: name },
        requirements: idsThatSay(subject, name),
      }));
    case "specification":
      return [
        { about: "the specification", values: {}, requirements: subject.requirements.map(({ id }) => id) },
      ];
  }
}

/** A placeholder that has no value here stays as it is written. */
function filled(
  args: ToolUse["arguments"],
  values: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      typeof value === "string"
        ? value.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
            Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
          )
        : value,
    ]),
  );
}
