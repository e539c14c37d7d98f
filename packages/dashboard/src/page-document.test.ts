import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { script, style } from "@towpath/dashboard/shell";
import { describe, expect, it } from "vitest";
import { demoJournal, demoNow } from "../test/demo-journal.ts";
import { htmlReport } from "./html-report.ts";
import { pageDocument, pagePolicy } from "./page-document.ts";
import { dashboardModel } from "./project-model.ts";

const modelOf = (text: string): ReturnType<typeof dashboardModel> =>
  dashboardModel({
    journal: demoJournal({ runs: 3, text }),
    project: `shop ${text}`,
    components: [],
    now: demoNow,
  });

describe("the document", () => {
  it("is smaller than 60 kB packed, without data", () => {
    expect(gzipSync(pageDocument()).length).toBeLessThan(60_000);
  });

  it("names no address of another machine, and nothing that loads something", () => {
    const shell = pageDocument();
    const addresses = [...shell.matchAll(/https?:\/\/[^\s"'`)]+/g)].map(([address]) => address);
    // Names of XML spaces are no addresses that anybody asks.
    expect(addresses.filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual([]);
    expect(shell).not.toMatch(
      /<(?:img|iframe|object|embed|audio|video|source)\b|<link(?! rel="icon" href="data:,">)|\bsrc=["']/,
    );
    expect(style).not.toMatch(/@import|url\(/);
  });

  it("lets run exactly the script and the style that stand in it", () => {
    const shell = pageDocument();
    for (const [element, text] of [
      ["script", script],
      ["style", style],
    ] as const) {
      const hash = `${element}-src 'sha256-${createHash("sha256").update(text).digest("base64")}'`;
      expect(pagePolicy(true)).toContain(hash);
      expect(shell).toContain(`<${element}>${text}</${element}>`);
    }
    expect(pagePolicy(true)).not.toContain("unsafe");
  });

  it("carries its policy itself where no server says it", () => {
    expect(htmlReport(modelOf(""))).toContain(
      `<meta http-equiv="Content-Security-Policy" content="${pagePolicy(false)}">`,
    );
    expect(pagePolicy(false)).toContain("connect-src 'none'");
  });

  it.each([
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "$&$`$'$$",
    "\u2028\u2029",
    "]]>",
    "<img src=x onerror=alert(1)>",
  ])("keeps %s as data that is read back as it was", (text) => {
    const model = modelOf(text);
    const html = htmlReport(model);
    const data = /<script type="application\/json" id="model">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    expect(JSON.parse(data)).toEqual(JSON.parse(JSON.stringify(model)));
    expect(data).not.toContain("<");
    expect(html.match(/<script\b/g)).toHaveLength(2);
    expect(html.match(/<title>(.*)<\/title>/)?.[1]).not.toContain("<");
  });
});
