import type { Place, SpecDoc } from "@towpath/core";
import { byPlace, type Conflict, type Party, type Statement } from "./conflict.ts";
import { grouped } from "./grouped.ts";

interface Claim extends Statement {
  readonly key: string;
  readonly owner: string;
  readonly own: boolean;
}

/** What each service has for itself. */
const common =
  /^\/(?:$|(?:api\/)?(?:v\d+\/)?(?:health|healthz|livez|readyz|ready|live|metrics|version|status|ping|docs|openapi\.json)\/?$)/;

const port =
  /\b(?:listens?|serves?|binds?|is served|is reachable|exposes?)\b[^.\n]{0,60}?\bport:? (\d{2,5})\b/gi;
const file =
  /\b(?:owns|writes(?: to)?|creates|is stored in|are stored in)\s(?:the file )?((?:[\w-][\w.-]{0,60}\/){1,8}[\w-][\w.-]{0,60}\.\w{1,5})\b/gi;
/** `# src/shelf/api.py` above the definitions says which module they are in. */
const modulePath = /^\s{0,4}#\s{0,3}((?:[\w-]{1,60}\/){0,8}[\w-]{1,60}\.py)\b/;

/**
 * TP1126: the component and another one claim the same endpoint, port, file, or name of a module. Endpoints that each
 * service has, such as `/health`, are no claims, and a name counts only where its module is named too.
 */
export function claimConflicts(parties: readonly Party[]): readonly Conflict[] {
  const claims = parties
    .filter(({ role }) => role === "own" || role === "component")
    .flatMap(({ role, owner, doc }) =>
      claimsOf(doc).map((claim) => ({ ...claim, owner, own: role === "own" })),
    )
    .toSorted(byPlace);
  return grouped(claims, ({ key }) => key).flatMap((group): readonly Conflict[] => {
    const own = group.find((claim) => claim.own);
    const other = group.find((claim) => !claim.own);
    if (own === undefined || other === undefined) return [];
    return [
      {
        code: "TP1126",
        kind: "contradiction",
        message: `${own.owner} and ${other.owner} claim one thing`,
        statements: [own, other].toSorted(byPlace).map(({ says, at }) => ({ says, at })),
        fix: "Give it to one of them, and let the other refer to that one.",
      },
    ];
  });
}

type OwnClaim = Omit<Claim, "owner" | "own">;

function claimsOf({ endpoints, requirements, criteria, apiBlocks }: SpecDoc): readonly OwnClaim[] {
  const texts = [
    ...requirements.flatMap(({ title, text, criteria: inner, at }) => [
      { text: `${title}\n${text}`, at },
      ...inner,
    ]),
    ...criteria,
  ];
  return [
    ...endpoints
      .filter(({ path }) => !common.test(path))
      .map(({ method, path, at }) => ({
        key: `endpoint ${method} ${plainPath(path)}`,
        says: `${method} ${path}`,
        at,
      })),
    ...texts.flatMap(({ text, at }) => [...found(port, text, "port", at), ...found(file, text, "file", at)]),
    ...apiBlocks.flatMap(({ text, at }) => symbolsOf(text, at)),
  ];
}

function found(pattern: RegExp, text: string, what: string, at: Place): readonly OwnClaim[] {
  return Array.from(text.matchAll(pattern), ([, value = ""]) => ({
    key: `${what} ${value}`,
    says: `${what} ${value}`,
    at,
  }));
}

/** Parameters may be named and marked in several ways. */
function plainPath(path: string): string {
  return path
    .replaceAll(/\{[^{}]*\}|<[^<>]*>|:[A-Za-z_]\w*/g, "{}")
    .replace(/(?<=.)\/$/, "")
    .toLowerCase();
}

function symbolsOf(text: string, at: Place): readonly OwnClaim[] {
  let module: string | undefined;
  return text.split("\n").flatMap((line, index) => {
    module = modulePath.exec(line)?.[1] ?? module;
    const name = /^(?:class|def|async def) ([A-Za-z_]\w{0,120})/.exec(line)?.[1];
    if (module === undefined || name === undefined) return [];
    return [
      { key: `name ${module}:${name}`, says: `${name} in ${module}`, at: { ...at, line: at.line + index } },
    ];
  });
}
