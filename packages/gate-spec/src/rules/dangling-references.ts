import type { Place, SpecDoc, Target } from "@towpath/core";
import { dirname, normalize } from "node:path/posix";
import { excerpt } from "@towpath/kit";
import type { Diagnostic, Situation } from "../diagnostic.ts";
import { leadingId, mentionedIds } from "../requirement-id.ts";
import { levelFor } from "./level-for.ts";

/** Ids of another document: `FR-3 of the shelf`, `FR-3 in …`, and what follows a link or code. */
const elsewhere = /\b(?:of|in|from)\b|\uFFFC|\bsupersedes?\b|\breplace[sd]?\b|\bremoved\b|\bformer(?:ly)?\b/i;

/** Documents that a requirement points to; other files may be what it asks for. */
const documents = /(?<![\w/:.-])((?:\.{0,2}\/)?(?:[\w-][\w.-]{0,80}\/){0,8}[\w-][\w.-]{0,80}\.md)\b/g;
const points = /\b(?:see|refer(?:s|ring)? to|defined in|described in|specified in|according to|as in|per)\b/i;

/**
 * TP1112: an id that no requirement of the document has, where others with its prefix are stated, and a Markdown file
 * that a requirement points to and that does not exist.
 */
export function danglingReferences(
  doc: SpecDoc,
  target: Target,
  { exists }: Situation,
): readonly Diagnostic[] {
  const level = levelFor(target, "warning", "warning", "error");
  const say = (message: string, at: Place, fix: string): Diagnostic => ({
    code: "TP1112",
    level,
    message,
    at,
    fix,
  });
  const ids = missingIdsOf(doc).map(({ id, at }) =>
    say(`${id} is named, but no requirement has this id`, at, `Correct the id, or state ${id}.`),
  );
  if (exists === undefined) return ids;
  const files = pointersOf(doc).filter(({ path }) => !candidatesOf(path, doc.file).some(exists));
  return [
    ...ids,
    ...files.map(({ path, at }) =>
      say(`${excerpt(path, 120)} does not exist`, at, "Correct the path, or add the document."),
    ),
  ];
}

/**
 * The files that the rule asks for, relative to the root of the repository; those that would lie outside are left out.
 */
export function documentsNamed(doc: SpecDoc): readonly string[] {
  const all = pointersOf(doc).flatMap(({ path }) => candidatesOf(path, doc.file));
  return [...new Set(all)].filter((path) => !path.startsWith("..")).toSorted();
}

interface Mention {
  readonly id: string;
  readonly at: Place;
}

function missingIdsOf({ requirements, scenarios, prose }: SpecDoc): readonly Mention[] {
  const stated = new Set(requirements.filter(({ synthetic }) => !synthetic).map(({ id }) => id));
  // What a line begins with is stated there, even where requirements are only spoken of.
  const heads = new Set(
    prose.flatMap(({ text }) => leadingId(text.replace(/^[\s>*_#-]{1,12}/, ""))?.id ?? []),
  );
  const prefixes = new Set([...stated].map(prefixOf));
  const groups = new Set([...stated].flatMap(groupsOf));
  const seen = new Set<string>();
  const mentions = [
    ...scenarios.flatMap(({ requirements: named, at }) => named.map((id) => ({ id, at }))),
    ...prose
      .filter(({ text }) => !elsewhere.test(text))
      .flatMap(({ text, at }) => mentionedIds(text).map((id) => ({ id, at }))),
  ];
  return mentions.filter(({ id, at }) => {
    const key = `${at.line} ${id}`;
    if (
      stated.has(id) ||
      heads.has(id) ||
      groupsOf(id).some((group) => stated.has(group)) ||
      groups.has(id) ||
      !prefixes.has(prefixOf(id)) ||
      seen.has(key)
    )
      return false;
    seen.add(key);
    return true;
  });
}

/** `FR-1.2` may be a criterion of `FR-1`, and `FR-1` the group of `FR-1.2`. */
function groupsOf(id: string): readonly string[] {
  const [first = "", ...parts] = id.split(".");
  return parts.map((_, index) => [first, ...parts.slice(0, index)].join("."));
}

function prefixOf(id: string): string {
  return id.replace(/-[\d.]+$/, "");
}

function pointersOf({ requirements }: SpecDoc): readonly { readonly path: string; readonly at: Place }[] {
  return requirements.flatMap(({ text, criteria, at }) =>
    [{ text, at }, ...criteria].flatMap((part) =>
      part.text
        .split("\n")
        .filter((line) => line.length < 2_000 && points.test(line))
        .flatMap((line) => Array.from(line.matchAll(documents), ([, path = ""]) => ({ path, at: part.at }))),
    ),
  );
}

function candidatesOf(path: string, file: string): readonly string[] {
  return [normalize(path), normalize(`${dirname(file)}/${path}`)].map((each) => each.replace(/^\//, ""));
}
