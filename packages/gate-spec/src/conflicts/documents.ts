import { basename, dirname } from "node:path/posix";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isBreakage, type Component, type Figure, type GateContext, type SpecDoc } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { parseOnce } from "../parse-once.ts";
import { declaredSpecs } from "./declared-specs.ts";
import type { Party } from "./conflict.ts";
import { globTest } from "./glob.ts";
import { isDemanding, isTemplate, ownerOf, plainName } from "./owner-of.ts";
import { readText } from "./settings/read-text.ts";
import { readSettings, settingsAmong } from "./settings/settings.ts";

/** Everything that has a say about a component. */
export interface Documents {
  readonly parties: readonly Party[];
  /** How many files have a say. */
  readonly candidates: number;
  /** What could not be read, each with its reason. */
  readonly unread: readonly string[];
}

/** A limit that is written as such; without one, MATURITY.md reports what was measured. */
const limit =
  /[<>≥≤]|\b(?:at (?:least|most)|min(?:imum)?|max(?:imum)?|below|above|under|over|within|exceed)\b/i;

/**
 * Reads the component's specification, all other documents that `globs` name, the templates and MATURITY.md, and the
 * files that set figures.
 * @throws {Breakage} `no-input` when the component's own specification cannot be used
 */
export async function readDocuments(
  ctx: GateContext,
  own: SpecDoc,
  globs: readonly string[],
): Promise<Documents> {
  const { component, workspace, signal } = ctx;
  const { files } = await workspace.list(["."]);
  const above = foldersAbove(component);
  const parties: Party[] = [{ role: "own", owner: component.name, doc: own }];
  const unread: string[] = [];
  const declared = await declaredSpecs(workspace.root);
  const specs = [...new Set([...specsAmong(files, globs), ...declared.keys()])]
    .filter((file) => file !== own.file)
    .toSorted();
  const maturity = files.filter((file) => isMaturityOf(component, file));
  const settings = settingsAmong(files, above);
  for (const file of [...specs, ...maturity]) {
    // Let time limits and Ctrl-C through between two documents.
    await nextTurn();
    signal.throwIfAborted();
    const doc = await readDocument(workspace.root, file);
    if ("because" in doc) unread.push(`${excerpt(file, 200)} was not compared: ${doc.because}`);
    else parties.push(partyOf(component, doc, declared.get(file)));
  }
  for (const file of settings) {
    const text = await readText(workspace.root, file);
    const read = "text" in text ? readSettings(text.text, file) : text;
    if ("because" in read) unread.push(`${excerpt(file, 200)} was not compared: ${read.because}`);
    else parties.push({ role: "settings", owner: "", doc: settingsDoc(file, read.figures) });
  }
  return { parties, candidates: 1 + specs.length + maturity.length + settings.length, unread };
}

async function readDocument(root: string, file: string): Promise<SpecDoc | { readonly because: string }> {
  const text = await readText(root, file);
  if ("because" in text) return text;
  try {
    return await parseOnce(text.text, file);
  } catch (error) {
    if (isBreakage(error)) return { because: excerpt(error.message, 300) };
    throw error;
  }
}

/** The Markdown files of a listing that the globs name and that demand something. */
export function specsAmong(files: readonly string[], globs: readonly string[]): readonly string[] {
  const tests = globs.map(globTest);
  return files.filter(
    (file) => file.endsWith(".md") && isDemanding(file) && tests.some((test) => test(file)),
  );
}

/** Names of the files that record how mature a component is, the templates of such files first. */
export const maturityNames: readonly string[] = [
  "MATURITY.md.template",
  "MATURITY.template.md",
  "MATURITY.md",
];

/** `MATURITY.md` beside the component's source or in the folder of its name, and the template of such files. */
function isMaturityOf({ source, name }: Component, file: string): boolean {
  const base = basename(file);
  if (!maturityNames.includes(base)) return false;
  const folder = dirname(file);
  return base !== "MATURITY.md" || source.includes(folder) || plainName(basename(folder)) === plainName(name);
}

function partyOf(component: Component, doc: SpecDoc, declared: string | undefined): Party {
  const { name } = component;
  const isMaturity = maturityNames.includes(basename(doc.file));
  const shown = isMaturity ? { ...doc, figures: doc.figures.filter(({ text }) => limit.test(text)) } : doc;
  if (declared === undefined && isTemplate(doc.file)) return { role: "project", owner: "", doc: shown };
  const called = isMaturity ? name : (declared ?? ownerOf(doc));
  // A component `user-login` may be called "User Login" in its documents; a declaration names it exactly.
  const owner = declared === undefined && plainName(called) === plainName(name) ? name : called;
  return { role: owner === name ? "own" : "component", owner, doc: shown };
}

/** The folders that hold the component's source, up to the root. */
function foldersAbove({ source }: Component): ReadonlySet<string> {
  const folders = new Set([""]);
  for (const path of source) {
    for (let folder = path; folder !== "." && folder !== "/" && folder !== ""; folder = dirname(folder))
      folders.add(folder);
  }
  return folders;
}

function settingsDoc(file: string, figures: readonly Figure[]): SpecDoc {
  return {
    file,
    form: "markdown",
    meta: [],
    sections: [],
    requirements: [],
    criteria: [],
    scenarios: [],
    apiBlocks: [],
    endpoints: [],
    examples: [],
    figures,
    dependencies: [],
    stageTargets: [],
    prose: [],
  };
}
