import { dirname, join, relative, resolve, sep } from "node:path";
import type { BriefMessage } from "@towpath/core";
import { sanitize, toRepoPath, writeAtomic } from "@towpath/kit";
import { when } from "@towpath/report";
import type { GlobalOptions } from "../global-options.ts";
import { printDocument } from "../print-document.ts";
import { makeFolder } from "../make-folder.ts";
import type { ExportFlags } from "./context.ts";
import { withSessions } from "./context-sessions.ts";
import { shownSession, type ShownSession } from "./context-shown.ts";

/** `towpath context export`: a session as JSON, Markdown, or a session file of the tools beside this one. */
export function exportContext(name: string, flags: ExportFlags, options: GlobalOptions): Promise<number> {
  const { format, output } = flags;
  return withSessions(options, "read", async (sessions) => {
    const { root } = sessions.project;
    // A path that leads elsewhere is refused before anything is read.
    const path = output === undefined ? undefined : toRepoPath(root, resolve(options.cwd, output));
    const found = await sessions.find(name);
    const shown = await shownSession(found, undefined, sessions, options);
    const text = await textOf(shown, format);
    if (path === undefined) {
      if (
        format !== "json" &&
        printDocument(options.reporter, "context-export", { session: found.id, format, text })
      )
        return 0;
      process.stdout.write(text);
      return 0;
    }
    const file = join(root, path);
    await makeFolder(dirname(file));
    await writeAtomic(file, text);
    if (!printDocument(options.reporter, "context-export", { session: found.id, format, file: path }))
      process.stdout.write(`${sanitize(relative(options.cwd, file).split(sep).join("/"))}\n`);
    return 0;
  });
}

async function textOf(shown: ShownSession, format: ExportFlags["format"]): Promise<string> {
  if (format === "json")
    return `${JSON.stringify({ schemaVersion: 1, kind: "context", ...shown }, undefined, 2)}\n`;
  if (format === "md") return markdown(shown);
  const { tokenCounter, writeSession } = await import("@towpath/store-file");
  const { session: id, component, messages } = shown;
  return writeSession({ id, component, messages }, await tokenCounter());
}

/** Everything that was said stands in fences that it cannot close. */
function markdown({ session, component, messages }: ShownSession): string {
  const head = `# Session ${session}\n\nComponent: ${component === "" ? "not known" : component}.\n`;
  return [head, ...messages.map(block)].join("\n");
}

function block({ role, importance, at, untrusted, stale, content }: BriefMessage): string {
  const text = sanitize(content);
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  const facts = [
    `importance ${importance}`,
    ...(untrusted ? ["untrusted"] : []),
    ...(stale === undefined
      ? []
      : [
          `out of date: ${stale
            .map(sanitize)
            .join(", ")
            .replaceAll(/[\n`<>[\]]/g, " ")} changed`,
        ]),
  ];
  return `## ${role}, ${when(Date.parse(at))}\n\n${facts.join(" · ")}\n\n${fence}text\n${text}\n${fence}\n`;
}
