import { request } from "node:http";
import { memoryJournal, TowpathError, type Journal } from "@towpath/core";
import { afterEach, describe, expect, it } from "vitest";
import { begin, demoJournal, stamp } from "../test/demo-journal.ts";
import type { DashboardModel, EventMessage } from "./model.ts";
import { serveDashboard, type DashboardServer } from "./serve-dashboard.ts";

let open: DashboardServer | undefined;
afterEach(() => open?.close());

async function serve(journal: () => Journal): Promise<string> {
  open = await serveDashboard({ journal, project: "shop", components: ["shop"] });
  return open.url;
}

/** What a server answers, with any header. */
function ask(
  url: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { headers, method }, (response) => {
      response.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    call.on("error", reject);
    call.end();
  });
}

interface Heard {
  readonly name: string;
  readonly id: number | undefined;
  readonly data: unknown;
}

/** Listens to the events of a server until enough of them came. */
async function listen(
  url: string,
  enough: (heard: readonly Heard[]) => boolean,
  after?: number,
  onHeard: () => void = () => undefined,
): Promise<readonly Heard[]> {
  const controller = new AbortController();
  const response = await fetch(`${url}events`, {
    signal: controller.signal,
    headers: after === undefined ? {} : { "last-event-id": String(after) },
  });
  const heard: Heard[] = [];
  let rest = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + chunk).split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(part)?.[1];
      const name = field("event");
      if (name === undefined) continue;
      const id = field("id");
      heard.push({
        name,
        id: id === undefined ? undefined : Number(id),
        data: JSON.parse(field("data") ?? "null"),
      });
      onHeard();
    }
    if (enough(heard)) break;
  }
  controller.abort();
  return heard;
}

function log(journal: Journal, line: string): void {
  const event = stamp({ type: "log", gate: "lint", line }, "r0003", 1, begin);
  journal.commit({ events: [{ run: "r0003", event }] });
}

function dataOf<T>(heard: Heard | undefined): T {
  if (heard === undefined) throw new Error("nothing was heard");
  return heard.data as T;
}

const positions = (heard: readonly Heard[]): readonly (number | undefined)[] =>
  heard.filter(({ name }) => name === "change").map(({ id }) => id);

describe("the server", () => {
  it("answers this machine alone, under its own names", async () => {
    const journal = demoJournal({ runs: 3 });
    const url = await serve(() => journal);
    expect(new URL(url).hostname).toBe("127.0.0.1");
    const { port } = new URL(url);
    expect((await ask(url)).status).toBe(200);
    expect((await ask(url, { host: `localhost:${port}` })).status).toBe(200);
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:1`,
      `127.0.0.1:${port}.evil.example`,
    ])
      for (const path of ["", "events"]) expect((await ask(url + path, { host })).status).toBe(421);
  });

  it("only shows", async () => {
    const journal = demoJournal({ runs: 3 });
    const url = await serve(() => journal);
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
      expect((await ask(url, {}, method)).status).toBe(405);
    expect((await ask(`${url}%2e%2e/package.json`)).status).toBe(404);
    expect((await ask(`${url}//evil.example/`)).status).toBe(404);
  });

  it("says with every answer what a page may do", async () => {
    const journal = demoJournal({ runs: 3 });
    const url = await serve(() => journal);
    for (const path of ["", "nowhere"]) {
      const { headers } = await ask(url + path);
      expect(headers["content-security-policy"]).toMatch(
        /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      );
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  it("tells everything first, and then each event once, with its position", async () => {
    const journal = demoJournal({ runs: 3 });
    const url = await serve(() => journal);
    const last = journal.events({}).at(-1)?.position ?? 0;
    // Each is written when the one before was heard, so that what is told twice is heard twice.
    let told = 0;
    const heard = await listen(
      url,
      (all) => all.length >= 11,
      undefined,
      () => {
        told += 1;
        if (told < 11) log(journal, `line ${told}`);
      },
    );
    expect(heard[0]).toMatchObject({ name: "snapshot", id: last });
    expect(dataOf<DashboardModel>(heard[0]).runs).toHaveLength(3);
    expect(positions(heard)).toEqual(Array.from({ length: 10 }, (_, index) => last + 1 + index));
    const { change, event } = dataOf<EventMessage>(heard.at(-1));
    expect(event).toMatchObject({ run: "r0003", type: "log", position: last + 10 });
    expect(change?.runs.map(({ run }) => run)).toEqual(["r0003"]);
  });

  it("goes on after the last event that a page has, also when it was started since", async () => {
    const journal = demoJournal({ runs: 3 });
    const last = journal.events({}).at(-1)?.position ?? 0;
    for (let line = 0; line < 5; line += 1) log(journal, `line ${line}`);
    const url = await serve(() => journal);
    const heard = await listen(url, (all) => all.length >= 3, last + 2);
    expect(heard.map(({ name }) => name)).toEqual(["change", "change", "change"]);
    expect(positions(heard)).toEqual([last + 3, last + 4, last + 5]);
    expect(dataOf<EventMessage>(heard.at(-1)).change?.known?.toSorted()).toEqual(["r0001", "r0002", "r0003"]);
  });

  it("tells everything anew to a page that had another journal", async () => {
    const journal = demoJournal({ runs: 3 });
    const url = await serve(() => journal);
    const heard = await listen(url, (all) => all.length > 0, 1_000_000);
    expect(heard[0]?.name).toBe("snapshot");
  });

  it("tells everything anew to a page that missed thousands of events", async () => {
    const journal = demoJournal({ runs: 3 });
    const last = journal.events({}).at(-1)?.position ?? 0;
    const event = stamp({ type: "log", gate: "lint", line: "x" }, "r0003", 1, begin);
    journal.commit({ events: Array.from({ length: 5_001 }, () => ({ run: "r0003", event })) });
    const url = await serve(() => journal);
    const heard = await listen(url, (all) => all.length > 0, last);
    expect(heard[0]).toMatchObject({ name: "snapshot", id: last + 5_001 });
  });

  it("takes up a journal that is made later", async () => {
    let journal = memoryJournal();
    const url = await serve(() => journal);
    const heard = await listen(
      url,
      (all) => all.length >= 2,
      undefined,
      () => {
        if (journal.runs().length === 0) journal = demoJournal({ runs: 2 });
      },
    );
    expect(heard.map(({ name, data }) => [name, (data as DashboardModel).runs.length])).toEqual([
      ["snapshot", 0],
      ["snapshot", 2],
    ]);
  });

  it("says that the journal cannot be read, and goes on when it can", async () => {
    const journal = demoJournal({ runs: 3 });
    let broken = false;
    const torn: Journal = {
      ...journal,
      events(query) {
        if (broken) throw new TowpathError("TP6106", { message: "page 3 is torn" });
        return journal.events(query);
      },
    };
    const url = await serve(() => torn);
    const heard = await listen(
      url,
      (all) => all.length >= 3,
      undefined,
      () => {
        broken = !broken;
      },
    );
    expect(heard.map(({ name }) => name)).toEqual(["snapshot", "trouble", "snapshot"]);
    expect(JSON.stringify(heard[1]?.data)).toContain("TP6106: page 3 is torn");
  });

  it("shows a run whose state changed without an event", async () => {
    const journal = demoJournal({ runs: 3 });
    journal.commit({
      update: { run: "r0003", status: "parked", wait: { step: "s", for: "a soak", next: [] } },
    });
    const url = await serve(() => journal);
    const heard = await listen(
      url,
      (all) => all.length >= 2,
      undefined,
      () => {
        journal.commit({ update: { run: "r0003", status: "superseded", wait: null } });
      },
    );
    expect(heard[1]?.name).toBe("refresh");
    expect(JSON.stringify(heard[1]?.data)).toContain('"status":"superseded"');
  });

  it("tells the pages that are here what one that comes later sees", async () => {
    const journal = demoJournal({ runs: 3 });
    journal.commit({
      update: { run: "r0003", status: "parked", wait: { step: "s", for: "a soak", next: [] } },
    });
    const url = await serve(() => journal);
    let other: Promise<readonly Heard[]> | undefined;
    const heard = await listen(
      url,
      (all) => all.length >= 2,
      undefined,
      () => {
        if (other !== undefined) return;
        // Just looked around: the next time by itself is seconds away.
        journal.commit({ update: { run: "r0003", status: "superseded", wait: null } });
        other = listen(url, (all) => all.length > 0);
      },
    );
    const [snapshot] = (await other) ?? [];
    expect(dataOf<DashboardModel>(snapshot).runs.at(-1)?.status).toBe("superseded");
    expect(JSON.stringify(heard[1]?.data)).toContain('"status":"superseded"');
  });

  it("says that a port is taken", async () => {
    const journal = memoryJournal();
    const url = await serve(() => journal);
    const port = Number(new URL(url).port);
    await expect(
      serveDashboard({ journal: () => journal, project: "p", components: [], port }),
    ).rejects.toMatchObject({
      data: { code: "TP1001" },
    });
  });
});
