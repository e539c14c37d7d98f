import { lstat, realpath } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import { TowpathError } from "@towpath/core";
import { sanitize, writeAtomic } from "@towpath/kit";
import { badge, inFolder } from "@towpath/report";
import type { DashboardModel } from "@towpath/dashboard";
import { cleanStrings } from "../clean-strings.ts";
import { findConfig, searchEnd } from "../find-config.ts";
import type { GlobalOptions } from "../global-options.ts";
import { readJournal } from "../open-journal.ts";
import { printDocument } from "../print-document.ts";
import type { projectModel } from "../project-model.ts";
import { reportFormats, type ReportSource } from "../report-formats.ts";
import { runId } from "../run-folder.ts";
import { readRecord } from "../read-run.ts";
import { storedReport } from "../stored-report.ts";
import { makeFolder } from "../make-folder.ts";

/** The flags of `report`. */
export interface ReportFlags {
  /** `name` or `name=path`. */
  readonly format?: readonly string[];
  readonly output?: string;
}

interface Wanted {
  readonly format: string;
  /** Absolute path; absent for standard output. */
  readonly path?: string;
}

/**
 * `towpath report`: writes down what a run came to. The exit code says whether that could be done; the verdict stays what
 * the run ended with.
 * @param subject a run's id, or the path of a record @default the last run
 */
export async function report(
  subject: string | undefined,
  flags: ReportFlags,
  options: GlobalOptions,
): Promise<number> {
  const wanted = wantedOf(flags, options.cwd);
  const now = Date.now();
  const source = await sourceOf(subject, wanted, options, now);
  for (const { format, path } of wanted) {
    const text =
      source === undefined ? badge(undefined, now) : await reportFormats.get(format)?.write(source);
    if (text === undefined) continue;
    if (path === undefined) process.stdout.write(text);
    else await write(path, text);
  }
  const written = wanted.filter(({ path }) => path !== undefined);
  if (written.length < wanted.length) return 0;
  if (!printDocument(options.reporter, "report", { run: source?.report.run, written }))
    for (const { format, path = "" } of written)
      process.stderr.write(`${format.padEnd(8)} ${sanitize(path)}\n`);
  return 0;
}

function wantedOf({ format, output }: ReportFlags, cwd: string): readonly Wanted[] {
  const wanted = (format ?? ["md"]).map((text): Wanted => {
    const [name = "", ...rest] = text.split("=");
    const path = rest.join("=");
    if (!reportFormats.has(name))
      throw new TowpathError("TP1001", {
        message: `there is no format ${JSON.stringify(name)}`,
        fix: [`Formats: ${[...reportFormats.keys()].join(", ")}`],
      });
    if (text.includes("=") && path === "")
      throw new TowpathError("TP1001", { message: `--format ${name}= names no path` });
    return path === "" ? { format: name } : { format: name, path: resolve(cwd, path) };
  });
  const paths = wanted.flatMap(({ path }) => path ?? []);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined)
    throw new TowpathError("TP1001", {
      message: `two formats would be written to ${twice}, and one would be lost`,
      fix: ["Name a path for each: --format sarif=towpath.sarif --format junit=towpath.xml"],
    });
  const [only, ...more] = wanted;
  if (output === undefined) {
    if (wanted.filter(({ path }) => path === undefined).length < 2) return wanted;
    throw new TowpathError("TP1001", {
      message: "only one format can go to standard output",
      fix: ["Name a path for each: --format sarif=towpath.sarif --format junit=towpath.xml"],
    });
  }
  if (only === undefined || more.length > 0 || only.path !== undefined)
    throw new TowpathError("TP1001", {
      message: "--output is for one --format without a path",
      fix: ["towpath report --format sarif --output towpath.sarif"],
    });
  return [{ ...only, path: resolve(cwd, output) }];
}

/** The run to write about; `undefined` when there is none and a badge can say so. */
async function sourceOf(
  subject: string | undefined,
  wanted: readonly Wanted[],
  options: GlobalOptions,
  now: number,
): Promise<ReportSource | undefined> {
  // What is no id is a file: whoever got a record from elsewhere has no configuration beside it.
  if (subject !== undefined && !runId.test(subject)) {
    const found = cleanStrings(await readRecord(resolve(options.cwd, subject)));
    return { report: found, fromTop: found, now };
  }
  const root = await realpath(dirname((await findConfig(options)).path));
  const [found, model] = await readJournal(
    options,
    async (journal, { components }) =>
      [
        await storedReport(root, journal, subject),
        wanted.some(({ format }) => format === "html")
          ? await modelOf(journal, {
              root,
              components,
              now,
              ...(subject === undefined ? {} : { opensAt: subject }),
            })
          : undefined,
      ] as const,
  );
  if (found === undefined) {
    if (wanted.every(({ format }) => format === "badge")) return undefined;
    throw new TowpathError("TP6003", { message: "there is no run yet", fix: ["towpath check"] });
  }
  const clean = cleanStrings(found);
  return {
    report: clean,
    fromTop: inFolder(clean, await folderOf(root)),
    ...(model === undefined ? {} : { model }),
    now,
  };
}

async function modelOf(...args: Parameters<typeof projectModel>): Promise<DashboardModel> {
  // What most formats do without need not be loaded.
  return (await import("../project-model.ts")).projectModel(...args);
}

/** Where a root lies in its repository. */
async function folderOf(root: string): Promise<string> {
  return relative(await searchEnd(root), root)
    .split(sep)
    .join("/");
}

async function write(path: string, text: string): Promise<void> {
  const before = await lstat(path).catch(() => undefined);
  // Something like /dev/stdout would be replaced, not written to.
  if (before !== undefined && !before.isFile())
    throw new TowpathError("TP1001", { message: `${path} is there already and is no file`, where: [path] });
  try {
    await makeFolder(dirname(path));
    await writeAtomic(path, text);
  } catch (cause) {
    throw new TowpathError("TP6002", {
      message: `${path} cannot be written`,
      why: "The report has nowhere to go.",
      fix: ["Name another path."],
      where: [path],
      cause,
    });
  }
}
