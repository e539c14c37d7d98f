import { TowpathError, type RunReport } from "@towpath/core";
import type { DashboardModel } from "@towpath/dashboard";
import {
  badge,
  ctrf,
  gitlabCodeQuality,
  jsonText,
  junit,
  markdownComment,
  markdownReport,
  sarif,
} from "@towpath/report";
import { jsonDocument } from "./reporters/json-document.ts";

/** What a document is made of. */
export interface ReportSource {
  /** The run; text of tools is cleaned of what could disturb a terminal. */
  readonly report: RunReport;
  /** The same, with paths relative to the root of the repository instead of the configuration's folder. */
  readonly fromTop: RunReport;
  /** All that the journal holds, for what shows it; absent for a record without a journal. */
  readonly model?: DashboardModel;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A form in which a run can be written down. */
export interface ReportFormat {
  /** What it is, for the help. */
  readonly title: string;
  write(source: ReportSource): string | Promise<string>;
}

/** The formats of `towpath report`, by the name that `--format` takes. */
export const reportFormats: ReadonlyMap<string, ReportFormat> = new Map<string, ReportFormat>([
  ["md", { title: "Markdown", write: ({ report }) => `${markdownReport(report)}\n` }],
  [
    "comment",
    {
      title: "Markdown below 64 kB, for a pull request",
      write: ({ report }) => `${markdownComment(report)}\n`,
    },
  ],
  ["json", { title: "the record", write: ({ report }) => jsonText(jsonDocument(report)) }],
  ["sarif", { title: "SARIF 2.1.0", write: ({ fromTop }) => sarif(fromTop) }],
  ["junit", { title: "JUnit XML", write: ({ fromTop }) => junit(fromTop) }],
  ["gitlab", { title: "GitLab Code Quality", write: ({ fromTop }) => gitlabCodeQuality(fromTop) }],
  ["ctrf", { title: "Common Test Report Format", write: ({ fromTop }) => ctrf(fromTop) }],
  ["badge", { title: "shields.io endpoint", write: ({ report, now }) => badge(report, now) }],
  ["html", { title: "one page with everything, to open in a browser", write: html }],
]);

async function html({ model, report }: ReportSource): Promise<string> {
  if (model === undefined)
    throw new TowpathError("TP1001", {
      message: `the record of run ${report.run} alone is no page: a page shows what the journal holds`,
      fix: ["Name a run by its id, in the project that it ran in."],
    });
  const { htmlReport } = await import("@towpath/dashboard");
  return htmlReport(model);
}
