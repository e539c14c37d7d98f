import { chmod, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import type { DashboardModel } from "@towpath/dashboard";
import { project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { hostileProject } from "./hostile-gate.ts";
import { towpath, type Called } from "./towpath.ts";

interface Served {
  readonly url: string;
  stop(signal: NodeJS.Signals): Promise<Called>;
}

/** Starts the program and waits for its address. */
function dashboard(
  cwd: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Served> {
  return new Promise((resolve, reject) => {
    let send: (signal: NodeJS.Signals) => void = () => undefined;
    const ended = towpath(["dashboard", ...args], {
      cwd,
      env,
      onOutput(text, kill) {
        send = kill;
        const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(text)?.[0];
        if (url === undefined) return;
        resolve({
          url,
          stop: (signal) => {
            send(signal);
            return ended;
          },
        });
      },
    });
    ended.then(
      ({ stderr }) => reject(new Error(`it ended before it served: ${stderr}`)),
      (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
    );
  });
}

/** The first message of each kind that is wanted, as the server sends them. */
async function hear<T>(
  url: string,
  wanted: (text: string) => T | undefined,
  meanwhile: () => void = () => undefined,
): Promise<T> {
  const controller = new AbortController();
  const response = await fetch(`${url}events`, { signal: controller.signal });
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    if (text === "") meanwhile();
    text += chunk;
    const found = wanted(text);
    if (found === undefined) continue;
    controller.abort();
    return found;
  }
  throw new Error("the server said nothing more");
}

const snapshots = (text: string): readonly DashboardModel[] =>
  [...text.matchAll(/^event: snapshot\ndata: (.*)\n\n/gm)].map(([, data]) => JSON.parse(data ?? ""));

describe("towpath dashboard", () => {
  it("shows what another process writes, also when there is no journal yet", async () => {
    const { root } = await hostileProject(3);
    const served = await dashboard(root);
    let checked: Promise<Called> | undefined;
    const model = await hear(
      served.url,
      (text) => (text.includes('"type":"run:end"') ? snapshots(text)[0] : undefined),
      () => {
        checked = towpath(["check"], { cwd: root });
      },
    );
    expect(model).toMatchObject({ runs: [], position: 0, components: [{ name: "foo" }] });
    expect((await checked)?.code).toBe(1);
    const [after] = await hear(served.url, (text) =>
      snapshots(text).length > 0 ? snapshots(text) : undefined,
    );
    expect(after?.runs).toMatchObject([{ kind: "check", status: "closed", exit: 1 }]);
    expect(JSON.stringify(after)).not.toMatch(/\\u001b|[\u202e]/);
    await served.stop("SIGTERM");
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends at once with %s, with pages open",
    async (signal) => {
      const { root } = await hostileProject(1);
      const served = await dashboard(root);
      const open = await fetch(`${served.url}events`);
      const { code, stdout } = await served.stop(signal);
      expect([code, stdout]).toEqual([0, `${served.url}\n`]);
      await expect(open.text()).rejects.toThrow(TypeError);
    },
  );

  it("tells programs its address", async () => {
    const { root } = await hostileProject(1);
    const served = await dashboard(root, ["--json"]);
    const { stdout } = await served.stop("SIGTERM");
    expect(JSON.parse(stdout)).toEqual({ schemaVersion: 1, kind: "dashboard", url: served.url });
  });

  it("takes the port that is named, and says so when it cannot", async () => {
    const { root } = await hostileProject(1);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const refused = await towpath(["dashboard", "--port", String(port)], { cwd: root });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`port ${port}`);
    await new Promise((resolve) => other.close(resolve));
    const served = await dashboard(root, ["--port", String(port)]);
    expect(served.url).toBe(`http://127.0.0.1:${port}/`);
    await served.stop("SIGTERM");
  });

  it.each(["abc", "-1", "65536", "80; rm"])("refuses the port %s", async (port) => {
    const { root } = await hostileProject(1);
    expect((await towpath(["dashboard", `--port=${port}`], { cwd: root })).code).toBe(2);
  });

  it.runIf(process.platform === "linux")(
    "opens the browser with the address alone, and not for an agent",
    async () => {
      const { root } = await hostileProject(1);
      const tools = await project({
        "xdg-open": '#!/bin/sh\nprintf "%s\\n" "$#" "$@" > "$OPENED.part" && mv "$OPENED.part" "$OPENED"\n',
      });
      await chmod(join(tools.root, "xdg-open"), 0o755);
      const env = {
        OPENED: join(tools.root, "opened"),
        PATH: `${tools.root}${delimiter}${process.env["PATH"] ?? ""}`,
      };
      const forAgent = await dashboard(root, ["--open"], { ...env, AI_AGENT: "x" });
      await forAgent.stop("SIGTERM");
      await expect(readFile(env.OPENED, "utf8")).rejects.toMatchObject({ code: "ENOENT" });
      const served = await dashboard(root, ["--open", "--reporter", "default"], env);
      await expect
        .poll(() => readFile(env.OPENED, "utf8").catch(() => ""), { timeout: 30_000 })
        .toBe(`1\n${served.url}\n`);
      await served.stop("SIGTERM");
    },
  );

  it.runIf(process.platform === "linux")("says that no browser can be opened, and serves", async () => {
    const { root } = await hostileProject(1);
    const served = await dashboard(root, ["--open", "--reporter", "default"], { PATH: "/nowhere" });
    expect((await fetch(served.url)).status).toBe(200);
    expect((await served.stop("SIGTERM")).stderr).toContain("open the address yourself");
  });
});

describe("towpath report --format html", () => {
  /** The data in a page. */
  async function modelIn(path: string): Promise<DashboardModel> {
    const html = await readFile(path, "utf8");
    return JSON.parse(/<script type="application\/json" id="model">(.*?)<\/script>/s.exec(html)?.[1] ?? "");
  }

  it("writes a page of all runs, which begins with the one that is named", async () => {
    const { root } = await hostileProject(3);
    await towpath(["check"], { cwd: root });
    expect((await towpath(["report", "--format", "html", "-o", "all.html"], { cwd: root })).code).toBe(0);
    const all = await modelIn(join(root, "all.html"));
    expect(all.runs).toHaveLength(1);
    expect(all.opensAt).toBeUndefined();
    const id = all.runs[0]?.run ?? "";
    expect((await towpath(["report", id, "--format", "html", "-o", "one.html"], { cwd: root })).code).toBe(0);
    expect((await modelIn(join(root, "one.html"))).opensAt).toBe(id);
  });

  it("refuses a record without its journal, and writes nothing", async () => {
    const { root } = await hostileProject(1);
    await towpath(["check"], { cwd: root });
    const { stdout } = await towpath(["report", "--format", "json"], { cwd: root });
    await writeFile(join(root, "record.json"), stdout);
    const { code, stderr } = await towpath(["report", "record.json", "--format", "html", "-o", "r.html"], {
      cwd: root,
    });
    expect(code).toBe(2);
    expect(stderr).toContain("journal");
    await expect(readFile(join(root, "r.html"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
