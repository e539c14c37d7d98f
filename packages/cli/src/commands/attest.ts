import { hostname, tmpdir, userInfo } from "node:os";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInputDigests, TowpathError, type AttestationFact } from "@towpath/core";
import { makeHost } from "../carry-out.ts";
import type { GlobalOptions } from "../global-options.ts";
import { openEngine } from "../open-engine.ts";
import { printDocument } from "../print-document.ts";
import { withProject } from "../project.ts";
import { when } from "@towpath/report";
import { parseDuration } from "./parse-duration.ts";
import { oneComponent, specOnRecord } from "./plan-run.ts";

/** The flags of `attest`. */
export interface AttestFlags {
  readonly component?: string;
  readonly expires: string;
  readonly by?: string;
  readonly note?: string;
}

/** What is vouched for in this way is looked at again at least once a year. */
const longestMs = 366 * 86_400_000;

/** `towpath attest`: a person vouches for something that no gate can measure, for exactly the code as it is. */
export function attest(criterion: string, flags: AttestFlags, options: GlobalOptions): Promise<number> {
  const now = Date.now();
  const expires = expiryOf(flags.expires, now);
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(criterion))
    throw new TowpathError("TP1001", {
      message: `${JSON.stringify(criterion.slice(0, 80))} is no criterion`,
    });
  return withProject(options, async (project) => {
    const component = await specOnRecord(await oneComponent(project, flags), options);
    const path = await mkdtemp(join(tmpdir(), "towpath-attest-"));
    const engine = await openEngine(project.root, true);
    try {
      const host = await makeHost(project.root, { id: "attest", path }, options, AbortSignal.timeout(60_000));
      const tree = await createInputDigests(host.workspace, "production").tree(component);
      const fact: AttestationFact = {
        kind: "attestation",
        at: new Date(now).toISOString(),
        criterion,
        tree,
        by: flags.by ?? `${userInfo().username}@${hostname()}`,
        expires: new Date(expires).toISOString(),
        ...(flags.note === undefined ? {} : { note: flags.note }),
      };
      engine.journal.commit({ facts: [{ component: component.name, fact }] });
      const parked = engine.journal.runs({ component: component.name, open: true })[0];
      if (!printDocument(options.reporter, "attestation", { component: component.name, ...fact }))
        process.stdout.write(
          `${criterion} of ${component.name} is attested by ${fact.by} for the code as it is, until ${when(expires)}\n` +
            (parked?.status === "parked" ? `next  towpath resume ${parked.id}\n` : ""),
        );
      return 0;
    } finally {
      engine.close();
      await rm(path, { recursive: true, force: true });
    }
  });
}

/** @returns epoch milliseconds @throws {TowpathError} TP1001 */
function expiryOf(text: string, now: number): number {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : now + parseDuration(text);
  if (Number.isFinite(at) && at > now && at <= now + longestMs) return at;
  throw new TowpathError("TP1001", {
    message: `--expires must lie between now and a year from now, not ${JSON.stringify(text.slice(0, 80))}`,
    fix: ["--expires 90d", "--expires 2027-02-01"],
  });
}
