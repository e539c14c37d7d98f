import { posix } from "node:path";
import type { Hit } from "@towpath/core";
import { excerpt, sanitize } from "@towpath/kit";
import { quoted } from "./answer.ts";
import type { Question } from "./question.ts";
import { idsThatSay, type Subject } from "./subject.ts";

const mostNames = 12;
const mostIds = 12;
const mostHits = 10;

/**
 * Questions to Serena, which knows a project's code through a language server: where the names of the API are defined,
 * and where requirements are named.
 * @param from the retriever's name
 */
export function serenaQuestions(from: string, subject: Subject): readonly Question[] {
  const names = subject.names.slice(0, mostNames).map((name): Question => ({
    about: name,
    async ask(session) {
      // Older versions call it `name_path`.
      const takes = session.tools.get("find_symbol")?.takes ?? [];
      const key =
        takes.includes("name_path") && !takes.includes("name_path_pattern")
          ? "name_path"
          : "name_path_pattern";
      const text = await session.call("find_symbol", { [key]: name.replaceAll(".", "/") });
      return symbolsIn(from, text, idsThatSay(subject, name.slice(name.lastIndexOf(".") + 1)));
    },
  }));
  // Ids that were made from titles stand nowhere in code.
  const ids = subject.requirements.map(({ id }) => id).filter((id) => /^[A-Z][A-Z0-9-]*-[\d.]+$/.test(id));
  const places = ids.slice(0, mostIds).map((id): Question => ({
    about: id,
    async ask(session) {
      const text = await session.call("search_for_pattern", { substring_pattern: patternOf(id) });
      return placesIn(from, text, id);
    },
  }));
  return [...names, ...places];
}

/** `FR-1` is also written `FR1` and `FR-001`. */
function patternOf(id: string): string {
  const [word = "", ...rest] = id.split("-");
  const number = rest.pop() ?? "";
  return `\\b${[word, ...rest].join("[-_]")}[-_ ]?0*${number.replaceAll(".", "\\.")}\\b`;
}

/** @throws {Error} when the answer is no list of symbols */
function symbolsIn(from: string, text: string, requirements: readonly string[]): readonly Hit[] {
  const symbols = parse(text);
  if (!Array.isArray(symbols)) throw new Error(`the answer of find_symbol is no list: ${excerpt(text, 200)}`);
  return symbols.slice(0, mostHits).flatMap((symbol: unknown): readonly Hit[] => {
    if (typeof symbol !== "object" || symbol === null) return [];
    const {
      name_path: name,
      relative_path: file,
      body_location: body,
      kind,
      info,
    } = symbol as Record<string, unknown>;
    const path = typeof file === "string" ? repoPath(file) : undefined;
    if (path === undefined || typeof name !== "string") return [];
    const start =
      typeof body === "object" && body !== null ? (body as Record<string, unknown>)["start_line"] : undefined;
    const words = [kind, name, info].filter((one) => typeof one === "string").join(" ");
    return [
      {
        kind: "symbol",
        path,
        // Serena counts from 0.
        ...(typeof start === "number" && Number.isInteger(start) && start >= 0 ? { line: start + 1 } : {}),
        symbol: excerpt(name.replaceAll("/", "."), 200),
        text: quoted(from, words),
        score: 1,
        requirements,
      },
    ];
  });
}

/** @throws {Error} when the answer does not map files to lines */
function placesIn(from: string, text: string, id: string): readonly Hit[] {
  const files = parse(text);
  if (typeof files !== "object" || files === null || Array.isArray(files))
    throw new Error(`the answer of search_for_pattern names no files: ${excerpt(text, 200)}`);
  return Object.entries(files)
    .slice(0, mostHits)
    .flatMap(([file, matches]): readonly Hit[] => {
      const path = repoPath(file);
      const first: unknown = Array.isArray(matches) ? matches[0] : undefined;
      if (path === undefined || typeof first !== "string") return [];
      const line = Number(/^\s*>?\s*(\d{1,9}):/.exec(first)?.[1]);
      return [
        {
          kind: "requirement",
          path,
          ...(Number.isInteger(line) ? { line: line + 1 } : {}),
          text: quoted(from, first),
          score: 0.9,
          requirements: [id],
        },
      ];
    });
}

/** A path of the repository as the server gives it; `undefined` for one that leads elsewhere. */
function repoPath(file: string): string | undefined {
  const path = posix.normalize(file.replaceAll("\\", "/"));
  const outside = posix.isAbsolute(path) || path === ".." || path.startsWith("../");
  return outside || sanitize(path) !== path ? undefined : path;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
