import { defineGate, type Evidence, type Gate, type GateContext, type Measurement } from "@towpath/core";
import { candidates, findPython, withFingerprints } from "@towpath/kit";
import { compareExtraction } from "./api/api-findings.ts";
import { extract } from "./api/extract.ts";
import { componentSpec } from "./component-spec.ts";
import { embeddedTool } from "./embedded-tool.ts";

/**
 * The gate `api`: the code exists and keeps what the API blocks of the specification promise. Without such a block only
 * the existence of source files is checked.
 * @param source where its thresholds were set
 */
export function apiGate(source: string): Gate {
  return defineGate({
    name: "api",
    category: "specification",
    stages: ["implementation"],
    code: "TP1125",
    executesCode: false,
    subject: "spec",
    // Packages do not count: Python parses with its standard library alone.
    environment: async () => ({
      python: "interpreter",
      values: { [embeddedTool.name]: embeddedTool.version },
    }),
    check: (ctx) => checkApi(ctx, source),
  });
}

async function checkApi(ctx: GateContext, source: string): Promise<Evidence> {
  const { file, apiBlocks } = await componentSpec(ctx);
  const files = await candidates(ctx, { of: "source", suffixes: [".py"] });
  const sourceFiles: Measurement = {
    name: "source files",
    value: files.length,
    unit: "files",
    operator: ">=",
    threshold: 1,
    source,
  };
  if (apiBlocks.length === 0) {
    return {
      candidates: files.length,
      checked: files.length,
      findings: [],
      measurements: [sourceFiles],
      tool: embeddedTool,
      notes: [
        `${file} has no \`python\` block below a heading "API", so only the existence of the code was checked`,
      ],
    };
  }
  const python = await findPython(ctx);
  const extracted = await extract(
    ctx,
    python,
    apiBlocks.map(({ text }) => text),
    files,
  );
  const { findings, promises, parsedFiles } = compareExtraction(apiBlocks, files, extracted);
  const errors = findings.filter(({ level }) => level === "error").length;
  return {
    candidates: files.length,
    checked: parsedFiles,
    findings: await withFingerprints(ctx.workspace.root, findings),
    measurements: [
      sourceFiles,
      { name: "API mismatches", value: errors, unit: "mismatches", operator: "<=", threshold: 0, source },
    ],
    tool: python.info,
    notes: [`${promises} classes, functions and methods of ${apiBlocks.length} API blocks were compared`],
  };
}
