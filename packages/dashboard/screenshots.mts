import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Journal } from "@towpath/core";
import { dashboardModel, htmlReport } from "./src/index.ts";
import { startBrowser } from "./test/browser.ts";
import { demoJournal, demoNow, demoPlan, demoResult, stamp, type Bare } from "./test/demo-journal.ts";

/** Takes the pictures of docs/dashboard.md, of runs that are the same each time. */
const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const largestBytes = 150_000;

const pictures: readonly (readonly [name: string, route: string])[] = [
  ["overview", ""],
  ["gates", "gates"],
  ["gate", "gates/lint"],
  ["performance", "performance"],
  ["runs", "runs"],
  ["compare", "runs/r0036/diff/r0040"],
  ["context", "context"],
  ["components", "components"],
];

const work = await mkdtemp(join(tmpdir(), "towpath-pictures-"));
const browser = await startBrowser();
try {
  await mkdir(folder, { recursive: true });
  const page = await browser.newPage({ viewport: { width: 1040, height: 680 }, colorScheme: "light" });
  const take = async (name: string, route: string, journal: Journal, now: number): Promise<void> => {
    const path = join(work, "page.html");
    const current = { paths: { "src/shop/prices.py": "after" } };
    const model = dashboardModel({
      journal,
      project: "shop",
      components: ["shop", "mail"],
      now,
      current: () => current,
    });
    await writeFile(path, htmlReport(model));
    await page.goto(`${pathToFileURL(path).href}#/${route}`);
    await page.reload();
    await page.waitForSelector("h1");
    const picture = join(folder, `${name}.png`);
    await page.screenshot({ path: picture });
    const { size } = await stat(picture);
    process.stdout.write(`${name}.png ${Math.round(size / 1_000)} kB\n`);
    if (size > largestBytes) throw new Error(`${picture} is larger than ${largestBytes} bytes`);
  };
  for (const [name, route] of pictures) await take(name, route, demoJournal(), demoNow);
  await take("running", "", runningJournal(), demoNow + 23_000);
} finally {
  await browser.close();
  await rm(work, { recursive: true, force: true });
}

/** The same runs, and one that is in the middle of its tests. */
function runningJournal(): Journal {
  const journal = demoJournal();
  const id = "r0041";
  const about = { component: "shop", target: "staging" } as const;
  const passed = (gate: string, at: number): Bare => ({
    type: "gate:end",
    gate,
    result: demoResult(gate, { ...about, outcome: "good", startedAt: demoNow + at - 800, ms: 800 }),
  });
  const timeline: readonly (readonly [at: number, event: Bare])[] = [
    [0, { type: "run:start", kind: "run", components: ["shop"], target: "staging", stages: [] }],
    [0, { type: "stage:start", stage: "specification", gates: ["spec", "conflicts"] }],
    [900, passed("spec", 900)],
    [900, passed("conflicts", 900)],
    [1_000, { type: "stage:end", stage: "specification", status: "passed", durationMs: 1_000 }],
    [1_000, { type: "stage:start", stage: "implementation", gates: ["api"] }],
    [10_500, passed("api", 10_500)],
    [11_000, { type: "stage:end", stage: "implementation", status: "passed", durationMs: 10_000 }],
    [11_000, { type: "stage:start", stage: "testing", gates: ["tests", "coverage", "flaky"] }],
    [11_000, { type: "gate:start", gate: "tests", components: ["shop"], attempt: 1 }],
    [13_000, passed("flaky", 13_000)],
  ];
  journal.commit({
    begin: {
      id,
      plan: demoPlan("shop", "staging"),
      startedAt: demoNow,
      epoch: 1,
      status: "running",
      changedAt: demoNow,
    },
    events: timeline.map(([at, event], index) => ({
      run: id,
      event: stamp(event, id, index + 1, demoNow + at),
    })),
  });
  return journal;
}
