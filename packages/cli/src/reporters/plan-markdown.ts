import type { Task, WorkPlan } from "@towpath/core";
import { code, escape } from "@towpath/report";

/** A work plan as Markdown, for people: a task for each requirement, with its proof and the files it is about. */
export function planMarkdown({ component, spec, tasks, retrievals }: WorkPlan): string {
  return [
    `# Plan: ${escape(component)}`,
    "",
    `From ${code(spec)}: ${tasks.length} requirements.`,
    "",
    ...tasks.flatMap(taskLines),
    ...(retrievals.length === 0 ? [] : ["## Consulted", ""]),
    ...retrievals.map(({ retriever, consulted, reason, hits }) =>
      consulted
        ? `- ${escape(retriever)}: ${hits.length} places`
        : `- ${escape(retriever)} was not consulted: ${escape(reason ?? "it gave no reason")}`,
    ),
    "",
  ].join("\n");
}

function taskLines({ id, title, at, criteria, proof, files, tests }: Task): readonly string[] {
  return [
    `## ${escape(id)}: ${escape(title)}`,
    "",
    `${code(`${at.file}:${at.line}`)}, proof: ${proof}`,
    "",
    ...criteria.map((text) => `- [ ] ${escape(text)}`),
    ...(criteria.length === 0 ? [] : [""]),
    ...(files.length === 0 ? [] : [`Files: ${files.map(code).join(", ")}`, ""]),
    ...(tests.length === 0 ? [] : [`Tests: ${tests.map(code).join(", ")}`, ""]),
  ];
}
