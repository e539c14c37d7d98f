import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { project } from "@towpath/testkit";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dashboardModel, htmlReport, type DashboardModel } from "../src/index.ts";
import { hasBrowser, startBrowser, unlessSkipped } from "./browser.ts";
import { demoJournal, demoNow, type DemoOptions } from "./demo-journal.ts";

const routes = [
  "",
  "gates",
  "gates/lint",
  "gates/coverage",
  "gates/dependencies",
  "performance",
  "runs",
  "runs/r0020",
  "runs/r0016/diff/r0020",
  "context",
  "components",
  "guide",
] as const;

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Node {
  readonly html: string;
  readonly any: readonly {
    readonly message: string;
    readonly data: { readonly messageKey?: string } | null;
  }[];
}
interface Rule {
  readonly id: string;
  readonly nodes: readonly Node[];
}

/** What axe says of a page: what breaks a rule, and why it cannot decide the rest. */
async function examine(
  page: Page,
): Promise<{ readonly violations: readonly string[]; readonly undecided: readonly string[] }> {
  await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: { type: "tag", values: tags } });
  const found = (await page.evaluate(`axe.run(document, ${options})`)) as {
    readonly violations: readonly Rule[];
    readonly incomplete: readonly Rule[];
  };
  const why = found.incomplete.flatMap(({ id, nodes }) =>
    nodes.flatMap(({ any }) => any.map(({ data, message }) => `${id}: ${data?.messageKey ?? message}`)),
  );
  return {
    violations: found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
    ),
    undecided: [...new Set(why)].toSorted(),
  };
}

/**
 * What axe never decides: the contrast of a glyph, or of a single character. It stands beside a word of the same colour,
 * or in a cell like others, and those are decided.
 */
const glyphs = ["color-contrast: nonBmp", "color-contrast: shortTextContent"];
/** On a narrow page: cells of a table that must be scrolled to. On a wide one they are decided. */
const scrolledOut = [...glyphs, "color-contrast: elmPartiallyObscured"];

function modelOf(options: DemoOptions = {}): DashboardModel {
  return dashboardModel({
    journal: demoJournal(options),
    project: `shop${options.text ?? ""}`,
    components: ["shop", "mail"],
    now: demoNow,
    current: () => ({ paths: { "src/shop/prices.py": "after" } }),
  });
}

describe.skipIf(!hasBrowser)(`a saved page in a real browser${unlessSkipped}`, () => {
  let browser: Browser;
  let url: string;
  let root: string;

  beforeAll(async () => {
    browser = await startBrowser();
    ({ root } = await project({ "report.html": htmlReport(modelOf({ runs: 20 })) }));
    url = pathToFileURL(join(root, "report.html")).href;
  });
  afterAll(() => browser.close());

  /** Opens a page; what it says on its console and what it asks for is kept. */
  async function open(
    address: string,
    options: BrowserContextOptions = {},
  ): Promise<{
    readonly page: Page;
    readonly said: readonly string[];
    readonly asked: readonly string[];
    close(): Promise<void>;
  }> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const said: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("dialog", (dialog) => {
      said.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(address);
    return { page, said, asked, close: () => context.close() };
  }

  async function go(page: Page, route: string): Promise<void> {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#/${route}`);
    await page.waitForFunction(
      (hash) => location.hash === hash && document.querySelector("h1") !== null,
      `#/${route}`,
    );
    // Drawn: the frame after the next one has it.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  }

  /** Milliseconds from the begin of loading a page to its first heading, with reading its file; the median of five. */
  async function opened(page: Page): Promise<number> {
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (document.querySelector("h1") === null) return;
        observer.disconnect();
        document.body.getBoundingClientRect();
        Object.assign(window, { drawnAt: performance.now() });
      }).observe(document, { childList: true, subtree: true });
    });
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await page.reload();
      await page.waitForFunction("window.drawnAt !== undefined");
      times.push((await page.evaluate("window.drawnAt")) as number);
    }
    return Math.round(times.toSorted((a, b) => a - b)[2] ?? Infinity);
  }

  describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
    it.each([1280, 380])(
      "%i px: no route breaks a rule of accessibility, scrolls sideways or complains",
      async (width) => {
        const { page, said, asked, close } = await open(url, {
          colorScheme,
          viewport: { width, height: 800 },
        });
        const seen: Record<string, unknown> = {};
        for (const route of routes) {
          await go(page, route);
          const { violations, undecided } = await examine(page);
          const unknown = undecided.filter((why) => !(width < 1_000 ? scrolledOut : glyphs).includes(why));
          const sideways = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          seen[route] = { violations, open: unknown, sideways };
        }
        expect(seen).toEqual(
          Object.fromEntries(routes.map((route) => [route, { violations: [], open: [], sideways: 0 }])),
        );
        expect(said).toEqual([]);
        expect(asked).toEqual([url]);
        await close();
      },
    );
  });

  it("breaks no rule in its dialogs", async () => {
    const { page, close } = await open(`${url}#/gates/lint`);
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    expect((await examine(page)).violations).toEqual([]);
    await page.keyboard.press("Escape");
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
    });
    await page.keyboard.press("c");
    await page.waitForSelector("dialog[open] textarea");
    expect((await examine(page)).violations).toEqual([]);
    await close();
  });

  it("would show a violation: bad contrast, a button without a name, a picture without words", async () => {
    const { page, close } = await open(url);
    await page.evaluate(() => {
      const main = document.querySelector("main");
      const text = document.createElement("p");
      text.textContent = "hard to read";
      text.style.color = "#ccc";
      text.style.background = "#fff";
      main?.append(text, document.createElement("button"), document.createElement("img"));
    });
    const ids = (await examine(page)).violations.map((text) => text.split(":", 1)[0]);
    expect(ids.toSorted()).toEqual(["button-name", "color-contrast", "image-alt"]);
    await close();
  });

  it("has one heading of the first rank, landmarks, and tables with captions and scopes on every route", async () => {
    const { page, close } = await open(url);
    for (const route of routes) {
      await go(page, route);
      const counts = await page.evaluate(() => ({
        h1: document.querySelectorAll("h1").length,
        main: document.querySelectorAll("main").length,
        nav: document.querySelectorAll("nav").length,
        bare: document.querySelectorAll("table:not(:has(caption))").length,
        unscoped: document.querySelectorAll("th:not([scope])").length,
        // Each chart has a table beside it, or is part of one.
        lonely: [...document.querySelectorAll("svg")].filter(
          (svg) => svg.closest("table") === null && svg.closest("figure")?.querySelector("table") == null,
        ).length,
      }));
      expect({ route, ...counts }).toEqual({
        route,
        h1: 1,
        main: 1,
        nav: 1,
        bare: 0,
        unscoped: 0,
        lonely: 0,
      });
    }
    await close();
  });

  it("makes no target smaller than 24 by 24 pixels, but for words in a sentence", async () => {
    const { page, close } = await open(url, { viewport: { width: 380, height: 800 } });
    for (const route of routes) {
      await go(page, route);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, select, input, summary, nav a, th a")]
          .filter((element) => element.closest("dialog, .skip") === null)
          .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 0 && (box.height < 24 || (box.width < 24 && box.height < 24)))
          .map(({ text, box }) => `${text} ${box.width}×${box.height}`),
      );
      expect({ route, small }).toEqual({ route, small: [] });
    }
    await close();
  });

  it("can be walked with the keyboard alone", async () => {
    const { page, close } = await open(url);
    const focused = (): Promise<string | undefined> =>
      page.evaluate(() => document.activeElement?.textContent?.trim());
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");

    const titles = ["Overview", "Gates", "Performance", "Runs", "Context", "Components", "Guide"];
    for (const [index, title] of titles.entries()) {
      await page.keyboard.press(String(index + 1));
      await page.waitForFunction((text) => document.querySelector("h1")?.textContent === text, title);
      expect(await page.title()).toBe(`${title} · Towpath`);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    }

    await page.keyboard.press("2");
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Gates");
    await page.keyboard.press("j");
    expect(await focused()).toBe("spec");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    expect(await focused()).toBe("conflicts");

    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.matches("[data-filter]"))).toBe(true);
    await page.keyboard.type("s:failed");
    await page.waitForFunction(() => document.querySelectorAll("tr[data-row]").length === 2);
    expect(await page.evaluate(() => location.hash)).toBe("#/gates?q=s%3Afailed");
    // While somebody types, no letter is a key.
    await page.keyboard.type(" 3");
    expect(await page.evaluate(() => document.querySelector("h1")?.textContent)).toBe("Gates");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("g:lint");
    await page.waitForFunction(() => document.querySelectorAll("tr[data-row]").length === 1);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("lint");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Gate lint");
    // The link is gone: who listens goes on at the begin of the new page.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");

    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog[open]", { state: "hidden" });
    await close();
  });

  it("copies the prompt with a key, and shows it where the browser does not let it copy", async () => {
    const { page, close } = await open(`${url}#/gates/lint`, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.keyboard.press("c");
    await page.waitForFunction(() => document.querySelector("#spoken")?.textContent?.includes("copied"));
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("src/shop/basket.py:3 F401");
    expect(copied).toContain("towpath check lint --component");
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
    });
    await page.keyboard.press("c");
    await page.waitForSelector("dialog[open] textarea");
    expect(await page.inputValue("dialog[open] textarea")).toBe(copied);
    await close();
  });

  it("lets people switch single letters off", async () => {
    const { page, close } = await open(`${url}#/guide`);
    await page.getByLabel("Single letters are keys").first().uncheck();
    await page.locator("h1").click();
    await page.keyboard.press("2");
    await page.keyboard.press("?");
    expect(
      await page.evaluate(() => [location.hash, document.querySelector("dialog[open]") === null]),
    ).toEqual(["#/guide", true]);
    await close();
  });

  it("remembers a theme, which goes before the system's", async () => {
    const { page, close } = await open(url, { colorScheme: "light" });
    const ground = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByLabel("Theme").selectOption("dark");
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await ground()).toBe(dark);
    await close();
  });

  it("stands still for people who do not want motion", async () => {
    const { page, close } = await open(url, { reducedMotion: "reduce" });
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await close();
  });

  it("prints without what only works on a screen", async () => {
    const { page, close } = await open(`${url}#/gates`);
    await page.emulateMedia({ media: "print" });
    expect(
      await page
        .locator("nav, .tools, .filter")
        .evaluateAll((all) => all.filter((one) => getComputedStyle(one).display !== "none").length),
    ).toBe(0);
    expect(await page.locator("table").first().isVisible()).toBe(true);
    await close();
  });

  it("says what to do where JavaScript is off", async () => {
    const { page, close } = await open(url, { javaScriptEnabled: false });
    expect(await page.locator("body").innerText()).toContain("towpath status");
    await close();
  });

  it("runs nothing that texts of tools bring along, on any route, and shows it as text", async () => {
    const text = `</script><script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a>$&$\`$'{{7*7}}<style>*{display:none}</style>`;
    const path = join(root, "hostile.html");
    await writeFile(path, htmlReport(modelOf({ runs: 20, text })));
    const { page, said, asked, close } = await open(pathToFileURL(path).href);
    for (const route of routes) {
      await go(page, route);
      const elements = await page.locator("img, main script, main style, a[href^=javascript]").count();
      expect({ route, elements }).toEqual({ route, elements: 0 });
    }
    await go(page, "gates/lint");
    expect(await page.locator("td.message").first().innerText()).toContain(text);
    expect(said).toEqual([]);
    expect(asked).toEqual([pathToFileURL(path).href]);
    await close();
  });

  it("draws 500 runs in less than half a second, on every route", async () => {
    const path = join(root, "many.html");
    await writeFile(path, htmlReport(modelOf({ runs: 500 })));
    const { page, close } = await open(pathToFileURL(path).href);
    const medians: Record<string, number> = { opened: await opened(page) };
    for (const route of ["", "gates", "gates/lint", "performance", "runs", "context", "components"]) {
      const times: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        await go(page, "guide");
        times.push(
          await page.evaluate(
            (hash) =>
              new Promise<number>((resolve) => {
                const main = document.querySelector("main");
                const before = performance.now();
                new MutationObserver((_, observer) => {
                  observer.disconnect();
                  // Asked for its size, the page is laid out.
                  document.body.getBoundingClientRect();
                  resolve(performance.now() - before);
                }).observe(main ?? document.body, { attributes: true, attributeFilter: ["data-place"] });
                location.hash = hash;
              }),
            `#/${route}`,
          ),
        );
      }
      medians[route] = Math.round(times.toSorted((a, b) => a - b)[2] ?? Infinity);
    }
    process.stdout.write(`500 runs, ms to draw: ${JSON.stringify(medians)}\n`);
    expect(Object.entries(medians).filter(([, ms]) => ms >= 500)).toEqual([]);
    await close();
  });
});
