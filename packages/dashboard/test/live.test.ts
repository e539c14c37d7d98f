import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Journal } from "@towpath/core";
import { openJournal } from "@towpath/engine-sqlite";
import { project } from "@towpath/testkit";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { dashboardModel } from "../src/index.ts";
import { hasBrowser, startBrowser, unlessSkipped } from "./browser.ts";
import { begin, demoJournal, demoPlan, demoResult, stamp, type Bare } from "./demo-journal.ts";

const program = fileURLToPath(new URL("programs/server.ts", import.meta.url));

describe.skipIf(!hasBrowser)(`a page that follows a run${unlessSkipped}`, () => {
  let browser: Browser;
  let root: string;
  let journal: Journal;
  let server: ChildProcess | undefined;
  let seq = 0;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    ({ root } = await project({}));
    journal = openJournal({ root });
    demoJournal({ runs: 8, into: journal });
    journal.commit({
      begin: {
        id: "live",
        plan: demoPlan("shop", "staging"),
        startedAt: Date.now(),
        epoch: 1,
        status: "running",
        changedAt: Date.now(),
      },
    });
    seq = 0;
  });
  afterEach(async () => {
    if (server?.exitCode === null && server.signalCode === null) {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
    journal.close();
  });

  /** Starts a server in a process of its own. */
  async function serve(port = 0): Promise<string> {
    server = spawn(process.execPath, [program, root, String(port)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [chunk] = (await once(server.stdout ?? process.stdin, "data")) as [Buffer];
    return chunk.toString().trim();
  }

  function write(...events: readonly Bare[]): void {
    journal.commit({
      events: events.map((event) => {
        seq += 1;
        return { run: "live", event: stamp(event, "live", seq, Date.now()) };
      }),
    });
  }

  async function open(url: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => document.querySelector("[data-link=live]") !== null);
    return page;
  }

  it("shows an event less than 100 ms after it was written to the journal", async () => {
    const page = await open(await serve());
    write({ type: "stage:start", stage: "testing", gates: ["tests"] });
    await page.waitForFunction(() => document.querySelector("main")?.textContent?.includes("running"));
    const times: number[] = [];
    for (let round = 0; round < 11; round += 1) {
      const gate = `gate-${round}`;
      const shown = page.evaluate(
        (wanted) =>
          new Promise<number>((resolve) => {
            const look = (): boolean => {
              if (document.querySelector("main")?.textContent?.includes(wanted) !== true) return false;
              resolve(Date.now());
              return true;
            };
            if (look()) return;
            new MutationObserver((_, observer) => {
              if (look()) observer.disconnect();
            }).observe(document.body, { subtree: true, childList: true, characterData: true });
          }),
        gate,
      );
      // The page is asked first, so that it looks before there is anything to see.
      await page.evaluate(() => undefined);
      write({ type: "gate:start", gate, components: ["shop"], attempt: 1 });
      const written = Date.now();
      times.push((await shown) - written);
    }
    const sorted = times.toSorted((a, b) => a - b);
    process.stdout.write(`from the journal to the page, ms: ${sorted.join(" ")}\n`);
    expect(sorted[5]).toBeLessThan(100);
  });

  it("loses and doubles nothing when the server is killed and started again", async () => {
    const url = await serve();
    const page = await open(url);
    const heard: number[] = [];
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    session.on("Network.eventSourceMessageReceived", ({ eventName, eventId }) => {
      if (eventName === "change") heard.push(Number(eventId));
    });
    const first = journal.events({}).at(-1)?.position ?? 0;
    write(
      { type: "stage:start", stage: "testing", gates: ["tests", "coverage"] },
      { type: "gate:start", gate: "tests", components: ["shop"], attempt: 1 },
    );
    await page.waitForFunction(() => document.querySelector("main")?.textContent?.includes("tests"));

    server?.kill("SIGKILL");
    await page.waitForFunction(() => document.querySelector("[data-link=lost]") !== null);
    const outcome = { component: "shop", target: "staging", startedAt: begin } as const;
    write({ type: "gate:end", gate: "tests", result: demoResult("tests", { ...outcome, outcome: "bad" }) });
    write({ type: "log", gate: "coverage", line: "while nobody listened" });
    await serve(Number(new URL(url).port));
    await page.waitForFunction(() => document.querySelector("[data-link=live]") !== null);
    write({
      type: "gate:end",
      gate: "coverage",
      result: demoResult("coverage", { ...outcome, outcome: "bad" }),
    });
    await page.waitForFunction(() =>
      ["tests", "coverage"].every(
        (gate) => document.querySelector(`main a[href="#/gates/${gate}"]`) !== null,
      ),
    );

    expect(heard).toEqual(Array.from({ length: 5 }, (_, index) => first + 1 + index));
    const rows = await page
      .locator("main section", { hasText: "What blocks promotion" })
      .locator("tbody tr")
      .count();
    expect(rows).toBe(2);
  });

  it("takes an event that is told twice once", async () => {
    const page = await browser.newPage();
    const url = await serve();
    const model = dashboardModel({ journal, project: "shop", components: [], now: begin });
    const [run] = model.runs;
    const message = (name: string, id: number, data: unknown): string =>
      `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    const change = (position: number, target: string): string => {
      const event = { position, run: run?.run, seq: 1, type: "log", say: target };
      const runs = [{ ...run, startedAt: Date.now(), target }];
      const what = { at: begin, runs, results: [], findings: [], components: [], sessions: [] };
      return message("change", position, { event, change: what });
    };
    const next = model.position + 1;
    const body = [
      message("snapshot", model.position, model),
      change(next, "first"),
      change(next, "again"),
      change(model.position, "before"),
    ].join("");
    let asked = 0;
    await page.route("**/events*", (route) => {
      asked += 1;
      return asked === 1 ? route.fulfill({ contentType: "text/event-stream", body }) : route.abort();
    });
    await page.goto(`${url}#/runs/${run?.run}`);
    await page.waitForFunction(() => document.querySelector("#spoken")?.textContent !== "");
    expect(await page.locator("#spoken").innerText()).toBe("first.");
    expect(await page.locator(".banner").innerText()).toContain("→ first");
  });

  it("says what happens to people who listen, at most once in two seconds", async () => {
    const page = await open(await serve());
    await page.evaluate(() => {
      const spoken: { readonly at: number; readonly text: string }[] = [];
      Object.assign(window, { spoken });
      const place = document.querySelector("#spoken");
      new MutationObserver(() => {
        const text = place?.textContent ?? "";
        if (text !== (spoken.at(-1)?.text ?? "")) spoken.push({ at: Date.now(), text });
      }).observe(place ?? document.body, { childList: true, characterData: true, subtree: true });
    });
    write({ type: "stage:start", stage: "testing", gates: ["tests"] });
    await page.waitForFunction(() =>
      document.querySelector("#spoken")?.textContent?.includes("Testing began"),
    );
    for (let round = 0; round < 12; round += 1)
      write(
        { type: "stage:end", stage: "testing", status: "passed", durationMs: 10 },
        { type: "stage:start", stage: "refactoring", gates: [] },
      );
    write({ type: "run:end", exit: 1, status: "closed", durationMs: 100 });
    await page.waitForFunction(() => document.querySelector("#spoken")?.textContent?.includes("exit code 1"));
    const spoken = (await page.evaluate("spoken")) as readonly {
      readonly at: number;
      readonly text: string;
    }[];
    expect(spoken[0]?.text).toBe("Testing began.");
    expect(spoken.at(-1)?.text).toContain("more before");
    const pauses = spoken.slice(1).map(({ at }, index) => at - (spoken[index]?.at ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_950);
  });

  it("asks its own server and nobody else, and holds one connection", async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    const url = await serve();
    await page.goto(url);
    await page.waitForFunction(() => document.querySelector("[data-link=live]") !== null);
    expect(asked).toEqual([url, `${url}events`]);
    expect(said).toEqual([]);
  });
});
