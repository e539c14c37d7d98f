import { Breakage, type ErrorKind } from "@towpath/core";
import { excerpt } from "@towpath/kit";
import { missingModule } from "./own-modules.ts";
import { notImportable } from "./not-importable.ts";
import { pytestMissing } from "./probe-pytest.ts";

/** Why pytest ended before its first record: it never began the session, so nothing is known of the tests. */
export function startFailure(code: number, output: string, own: ReadonlySet<string>): Breakage {
  if (/No module named '?pytest'?$/m.test(output)) {
    return pytestMissing();
  }
  if (/unrecognized arguments:.* --(?:no-)?cov\b/.test(output)) {
    return new Breakage("tool-missing", {
      message: "pytest does not know --cov: pytest-cov is missing or switched off",
      why: excerpt(output),
      fix: ["python -m pip install pytest-cov", "Remove `-p no:cov` from the project's addopts."],
    });
  }
  const missing = missingModule(output);
  if (missing !== undefined && own.has(missing)) return notImportable(missing);
  return new Breakage(kindOf(code, missing), {
    message: `pytest ended with ${code} before it began: ${lastError(output)}`,
    why: excerpt(output),
  });
}

function kindOf(code: number, missing: string | undefined): ErrorKind {
  if (missing !== undefined) return "environment";
  return code === 4 ? "tool-config" : "tool-crash";
}

/** The line that names the error: what pytest marks with `E`, else an error line, else the last one. */
function lastError(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const marked =
    lines.findLast((line) => line.startsWith("E  ")) ?? lines.findLast((line) => /\berror\b:/i.test(line));
  return (marked ?? lines.at(-1) ?? "it wrote nothing").replace(/^E\s+/, "").trim();
}
