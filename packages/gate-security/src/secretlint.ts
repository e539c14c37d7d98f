import { createHash } from "node:crypto";
import { extname } from "node:path";
import { Breakage, type GateContext, type ToolInfo } from "@towpath/core";
import type { Secret, SecretScan } from "./secret.ts";
import { readText, type TextFile } from "./text-files.ts";

/** Scans files in this process with secretlint's recommended rules: credentials of known providers, masked. */
export async function scanWithSecretlint(ctx: GateContext, files: readonly TextFile[]): Promise<SecretScan> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import("@secretlint/core"),
    import("@secretlint/secretlint-rule-preset-recommend"),
  ]);
  const config = { rules: [{ id: "recommend", rule: creator }] };
  const secrets: Secret[] = [];
  for (const { path } of files) {
    ctx.signal.throwIfAborted();
    const content = (await readText(ctx.workspace.root, path))?.text ?? "";
    const source = { filePath: path, content, contentType: "text" as const, ext: extname(path) };
    const result = await lintSource({
      source,
      options: { config, maskSecrets: true, noPhysicFilePath: true },
    }).catch((cause: unknown) => {
      throw new Breakage("tool-crash", { message: `secretlint failed on ${path}`, where: [path], cause });
    });
    for (const message of result.messages) {
      if (message.type !== "message") continue;
      const value = content.slice(message.range[0], message.range[1]);
      secrets.push({
        file: path,
        line: message.loc.start.line,
        type: message.ruleId.replace("@secretlint/secretlint-rule-", ""),
        hash: createHash("sha1").update(value).digest("hex"),
        ...(message.docsUrl === undefined ? {} : { url: message.docsUrl }),
      });
    }
  }
  return { secrets, checked: files.length, tool: await secretlintInfo(), warnings: [], notes: [] };
}

/** The embedded engine, as results name it. */
export async function secretlintInfo(): Promise<ToolInfo> {
  const { default: manifest } = await import("@secretlint/core/package.json", { with: { type: "json" } });
  return { name: "secretlint", version: manifest.version, engine: "secretlint", via: "embedded" };
}

/** Versions of the embedded engine and of its rules, which are independent. */
export async function secretlintVersions(): Promise<Readonly<Record<"secretlint" | "rules", string>>> {
  const { default: manifest } = await import("@secretlint/secretlint-rule-preset-recommend/package.json", {
    with: { type: "json" },
  });
  return { secretlint: (await secretlintInfo()).version, rules: manifest.version };
}
