import { fixFailingGates, limits, promoteComponent, writeGatePlugin, type Guide } from "@towpath/mcp";
import type { AgentFileKind } from "./kinds.ts";
import { withServer } from "./json-server.ts";
import { withBlock } from "./marked-block.ts";

/** A file that agents read. */
export interface AgentFile {
  readonly kind: AgentFileKind;
  /** POSIX path relative to the folder of the project. */
  readonly path: string;
  /**
   * The file as it should be.
   * @param now as it is; empty where there is none
   * @throws {TowpathError} TP6402 when it cannot be updated without touching what is not ours
   */
  update(now: Buffer): Buffer;
}

/**
 * All files, made of the same few texts.
 * @param withMcp also the configuration by which clients start our MCP server
 */
export function agentFiles(withMcp: boolean): readonly AgentFile[] {
  const skills = [fixFailingGates, writeGatePlugin, promoteComponent];
  const rule = "Quality gates of this repository, and how to work with them";
  const files: readonly AgentFile[] = [
    markdown("agents", "AGENTS.md", {}, overview),
    ...skills.map((skill) => skillFile("skills", ".agents/skills", skill)),
    ...skills.map((skill) => skillFile("claude", ".claude/skills", skill)),
    markdown("augment", ".augment/rules/towpath.md", { type: "always_apply", description: rule }, overview),
    markdown(
      "cursor",
      ".cursor/rules/towpath.mdc",
      // Cursor has two readers: neither takes quotes here, and one no `*` at the start.
      { description: rule, globs: "src/**/*.py,tests/**/*.py,towpath.config.*", alwaysApply: "true" },
      overview,
    ),
  ];
  const servers: readonly AgentFile[] = [server("agents", ".mcp.json"), server("cursor", ".cursor/mcp.json")];
  return withMcp ? [...files, ...servers] : files;
}

const overview: string = `## Towpath: quality gates

Towpath checks the Python components of this repository and leads them to production.

- Before you call work done: \`towpath check --component <name> --reporter agent\`. Exit code 0: passed; 1: mend the findings; 3: it could not decide (\`towpath doctor\`); 5: it waits for a person.
- What failed last, without measuring: \`towpath status <name> --findings\`. Why: \`towpath explain <code, gate, run or finding>\`.
- What was decided before: \`towpath context show <name> --budget 4000\`.
- What others must know: \`towpath context add <name> "<decision and reason>" --importance 1\`.
- Commands, flags, exit codes and formats: \`towpath agents capabilities --json\`. Do not guess them.
- Skills for whole jobs: fix-failing-gates, write-gate-plugin, promote-component. Tools: the MCP server \`towpath mcp\`.

${limits.map((limit) => `- ${limit}`).join("\n")}
`;

function skillFile(kind: AgentFileKind, folder: string, { name, description, body }: Guide): AgentFile {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("-", " ")}`;
  return markdown(kind, `${folder}/${name}/SKILL.md`, { name, description }, `# ${title}\n\n${body}`);
}

function server(kind: AgentFileKind, path: string): AgentFile {
  return { kind, path, update: (now) => withServer(now, path) };
}

/** A file of Markdown; what stands before its text is written where the file is new, and then belongs to its owner. */
function markdown(
  kind: AgentFileKind,
  path: string,
  frontmatter: Readonly<Record<string, string>>,
  part: string,
): AgentFile {
  const lines = Object.entries(frontmatter).map(([key, value]) => `${key}: ${value}\n`);
  const head = lines.length === 0 ? "" : `---\n${lines.join("")}---\n\n`;
  return {
    kind,
    path,
    update: (now) => withBlock(now.length === 0 ? Buffer.from(head) : now, part, path),
  };
}
