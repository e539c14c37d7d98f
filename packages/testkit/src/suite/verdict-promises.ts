import { memoryJournal, promotes, type GateResult, type Verdict } from "@towpath/core";
import type { Bench } from "./bench.ts";
import type { DirtyCase } from "./gate-case.ts";
import { isPlainData } from "./plain-data.ts";
import { registeredGate } from "./registered-gate.ts";
import { changedPaths } from "./tree.ts";

/** Promises on what a gate says of components, by its real tool. */
export function verdictPromises({ gateCase, lab, expect, promise }: Bench): void {
  const { dirty, writes = [] } = gateCase;

  promise("lets the clean component pass, on evidence", undefined, async () => {
    const { result } = await lab.clean();
    expect(result.verdict, describe(result)).toBe("passed");
    expectEvidence(result);
  });

  if (dirty.waits === true) {
    promise("waits for what the dirty component misses, and says for what", undefined, async () => {
      const { result } = await lab.dirty();
      expect(result.verdict, describe(result)).toBe(verdictOf(dirty));
      expectEvidence(result);
      expect(Boolean(result.waiting?.for), "it does not say for what it waits").toBe(true);
      expect(Boolean(result.waiting?.until ?? result.waiting?.next?.[0]), "nor how that comes").toBe(true);
    });
  } else {
    promise(
      `fails the dirty component with a finding${dirty.file === undefined ? "" : " at its place"}`,
      undefined,
      async () => {
        const { result } = await lab.dirty();
        expect(result.verdict, describe(result)).toBe(verdictOf(dirty));
        expectEvidence(result);
        expect(
          result.findings.some(({ file, range, level }) =>
            dirty.file === undefined
              ? level === "error"
              : file === dirty.file &&
                level !== "note" &&
                (dirty.line === undefined || range?.startLine === dirty.line),
          ),
          `no finding at ${dirty.file ?? "all"}:${dirty.line ?? "?"} among ${JSON.stringify(result.findings)}`,
        ).toBe(true);
      },
    );
  }

  promise(
    "gives plain data, with repository paths and a fingerprint for each finding",
    undefined,
    async () => {
      for (const { result, project } of [await lab.clean(), await lab.dirty()]) {
        expect(isPlainData(result), "the result is more than JSON can hold").toBe(true);
        expect(
          JSON.stringify(result.findings).includes(project.root),
          "a finding names the checkout's folder",
        ).toBe(false);
        for (const { file, fingerprint } of result.findings) {
          expect(
            file === undefined || isRepositoryPath(file),
            `${file} is no POSIX path inside the repository`,
          ).toBe(true);
          expect(fingerprint !== "", "a finding has no fingerprint").toBe(true);
        }
      }
    },
  );

  promise("leaves the tree as it is, but for the declared outputs", undefined, async () => {
    for (const { before, after } of [await lab.clean(), await lab.dirty()]) {
      expect(changedPaths(before, after, writes)).toEqual([]);
    }
  });

  promise(
    "says the same of the same files, in two kernels at once and in another folder",
    "repeated runs",
    async () => {
      const first = await lab.dirty();
      const [second, third] = await Promise.all([lab.run(dirty), lab.run(dirty)]);
      expect(repeatable(second.result)).toEqual(repeatable(third.result));
      expect(repeatable(second.result)).toEqual(repeatable(first.result));
    },
  );

  if (dirty.file !== undefined) {
    const { file: path } = dirty;
    promise("knows a finding again when its line has moved", "moved lines", async () => {
      const top = dirty.moved ?? (/\.(?:md|markdown)$/.test(path) ? "\n\n" : "# moved\n# moved\n");
      const shift = top.split("\n").length - 1;
      const content = dirty.files[path];
      expect(typeof content, `dirty.files has no text ${path}`).toBe("string");
      const before = await lab.dirty();
      const files = { ...dirty.files, [path]: `${top}${content}` };
      const { result } = await lab.run({ ...dirty, files });
      const places = ({ findings }: GateResult, by: number): unknown =>
        findings
          .filter(({ file, range }) => file === path && range !== undefined)
          .map(({ rule, range, fingerprint }) => ({ rule, line: (range?.startLine ?? 0) + by, fingerprint }));
      expect(places(result, 0)).toEqual(places(before.result, shift));
    });
  }

  if (dirty.hidden !== undefined) {
    const { hidden } = dirty;
    promise("keeps what it found to itself", undefined, async () => {
      const { result } = await lab.dirty();
      expect(JSON.stringify(result).includes(hidden), "the hidden text stands in the result").toBe(false);
    });
  }

  promise("cannot decide where there is nothing to look at", "no input", async () => {
    // The folders exist, and git ignores all that lies in them.
    const empty = await lab.run({ files: { "src/foo/.gitignore": "*\n", "tests/.gitignore": "*\n" } });
    const nowhere = await lab.run({ files: { "README.md": "" } });
    for (const { result } of [empty, nowhere]) {
      expect(result.verdict, describe(result)).toBe("errored");
      expect(result.error?.kind, describe(result)).toBe("no-input");
    }
  });

  if (gateCase.journal !== undefined) {
    promise("does not let pass what nothing is on record about", undefined, async () => {
      const { result } = await lab.run({ files: gateCase.clean }, { journal: memoryJournal() });
      expect(promotes(result.verdict), describe(result)).toBe(false);
      if ((await registeredGate(gateCase)).gate.subject !== "deployment") return;
      expect(result.error?.kind, describe(result)).toBe("no-input");
    });
  }

  function expectEvidence({ candidates, checked, measurements, tool }: GateResult): void {
    expect(checked >= 1, `checked is ${checked}`).toBe(true);
    expect(candidates >= checked, `${checked} were checked of ${candidates} candidates`).toBe(true);
    expect(measurements.length >= 1, "no measurement").toBe(true);
    expect(
      measurements.every(({ source }) => source !== ""),
      "a measurement without a source",
    ).toBe(true);
    expect(Boolean(tool?.name && tool.version), "no name or version of the tool").toBe(true);
  }
}

/** What the gate must say of the dirty component. */
export function verdictOf({ waits = false }: DirtyCase): Verdict {
  return waits ? "inconclusive" : "failed";
}

/** A result in words, for the message of a promise that is broken. */
export function describe({ verdict, error, findings }: GateResult): string {
  return JSON.stringify({ verdict, error, findings: findings.slice(0, 5) });
}

/** A result without the time it was made at and the gate's own figures, which may hold durations. */
function repeatable(result: GateResult): Partial<GateResult> {
  const { startedAt: _, durationMs: __, details: ___, ...rest } = result;
  return rest;
}

function isRepositoryPath(path: string): boolean {
  return (
    path !== "" && !path.startsWith("/") && !/[\\]|^[a-z]:/i.test(path) && !path.split("/").includes("..")
  );
}
