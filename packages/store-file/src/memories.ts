import type { Message, SessionHead } from "@towpath/core";
import { listOf, textOf } from "./front-matter.ts";
import { namesOf, readFiles, type NotedFile } from "./read-files.ts";

const folder = ".augment/memory";
const dayMs = 86_400_000;

/** How much a memory weighs by its severity. */
const severities: Readonly<Record<string, number>> = { critical: 1, high: 0.9, medium: 0.7, low: 0.5 };

/** After this many days a memory is not recent at all. */
const recentDays = 180;

/** What is less important is not taken, and not more than this many are. */
const least = 0.3;
const most = 10;

/**
 * What the project remembers of earlier work and that matters to a component: `.augment/memory/<category>/*.memory.md`,
 * the most important first. Importance is half relevance, 0.3 severity and 0.2 recency.
 * @param now epoch milliseconds
 */
export async function memoriesOf(root: string, component: string, now: number): Promise<SessionHead> {
  const problems: string[] = [];
  const messages: Message[] = [];
  for (const category of await namesOf(root, folder, problems)) {
    const read = await readFiles(root, `${folder}/${category}`, ".memory.md");
    problems.push(...read.problems);
    for (const file of read.files) {
      const message = memory(file, category, component, now);
      if (typeof message === "string") problems.push(`${file.source} is left out: ${message}`);
      else messages.push(message);
    }
  }
  const taken = messages
    .filter(({ importance }) => importance >= least)
    .toSorted((a, b) => b.importance - a.importance)
    .slice(0, most);
  return { messages: taken, problems };
}

/** @returns the reason in words when it is not of the documented form */
function memory(
  { fields, body, source }: NotedFile,
  category: string,
  component: string,
  now: number,
): Message | string {
  const [about, date, severity] = ["component", "date", "severity"].map((key) => textOf(fields[key]));
  if (about === undefined || about === "") return "it names no component";
  const weight = severities[severity ?? ""];
  if (weight === undefined) return `its severity is none of ${Object.keys(severities).join(", ")}`;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(date ?? "") ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (!Number.isFinite(day)) return "its date is not of the form YYYY-MM-DD";
  const relevance = about === component ? 0.5 : about === "global" ? 0.3 : 0;
  const recency = Math.min(1, Math.max(0, 1 - (now - day) / dayMs / recentDays));
  const importance = 0.5 * relevance + 0.3 * weight + 0.2 * recency;
  const tags = listOf(fields["tags"]);
  return {
    role: "system",
    content: body,
    at: new Date(now).toISOString(),
    importance: Math.round(importance * 1000) / 1000,
    untrusted: true,
    metadata: { type: "memory", source, category, component: about, severity, tags, date },
  };
}
