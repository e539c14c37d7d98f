import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { UserConfig } from "tsdown";
import { build } from "vite";
import { library } from "../../tsdown.base.ts";

const inFolder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const config: UserConfig = {
  ...library(),
  // Made below; it lies beside what is built here.
  deps: { neverBundle: ["@towpath/dashboard/shell"] },
  hooks: { "build:done": writeShell },
};
export default config;

/** Builds the pages as texts: one script, one style. */
async function writeShell(): Promise<void> {
  const built = await build({
    configFile: false,
    root: inFolder("src/page"),
    logLevel: "warn",
    // All that the statistics take of core, which as a whole is no code for browsers.
    resolve: { alias: { "@towpath/core": inFolder("../core/src/finding.ts") } },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      write: false,
      target: "es2022",
      cssCodeSplit: false,
      modulePreload: false,
      rolldownOptions: { input: inFolder("src/page/main.tsx"), output: { format: "iife" } },
    },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  const script = outputs.flatMap((one) => (one.type === "chunk" ? [one.code] : [])).join("");
  const style = outputs
    .flatMap((one) => (one.type === "asset" && one.fileName.endsWith(".css") ? [String(one.source)] : []))
    .join("");
  if (script === "" || style === "") throw new Error("the pages were built to nothing");
  // Such a text would end, or never end, the element that it is written into.
  if (/<\/(?:script|style)|<!--/i.test(script + style))
    throw new Error("the pages hold the end of an element");
  const texts = { script, style };
  const lines = Object.entries(texts).map(
    ([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`,
  );
  await writeFile(inFolder("dist/shell.mjs"), lines.join(""));
  const types = Object.keys(texts).map((name) => `export declare const ${name}: string;\n`);
  await writeFile(inFolder("dist/shell.d.mts"), types.join(""));
}
