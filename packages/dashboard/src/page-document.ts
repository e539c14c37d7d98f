import { createHash } from "node:crypto";
import { script, style } from "@towpath/dashboard/shell";
import type { DashboardModel } from "./model.ts";

/**
 * What a page may do, as a Content Security Policy: nothing but what lies in it.
 * @param connect whether it may talk to the server that it comes from
 */
export function pagePolicy(connect: boolean): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    `connect-src ${connect ? "'self'" : "'none'"}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/**
 * The page as one document that asks for nothing else.
 * @param model what it shows; without one it asks its server
 */
export function pageDocument(model?: DashboardModel): string {
  const title = model === undefined ? "Towpath" : `Towpath: ${model.project}`;
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    // A server says it in a header, with what a meta element cannot say.
    ...(model === undefined
      ? []
      : [`<meta http-equiv="Content-Security-Policy" content="${pagePolicy(false)}">`]),
    `<title>${escapeText(title)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    '<div id="app"><noscript><main><h1>Towpath</h1><p>This page draws itself with JavaScript, which is switched off. ' +
      "Switch it on for this page, or read the same in a terminal: <code>towpath status</code>.</p></main></noscript></div>",
    ...(model === undefined
      ? []
      : [`<script type="application/json" id="model">${scriptJson(model)}</script>`]),
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** JSON that cannot end the element it stands in, nor begin another. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", String.raw`\u003c`);
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
