import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcp, type AddressInfo, type Server } from "node:net";
import { isBreakage, type Deployment, type Exec, type ExecResult } from "@towpath/core";
import { createExec } from "@towpath/kit";
import { fakeTool, project } from "@towpath/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { parseUptimeOptions, type ProbeUserOptions } from "./index.ts";
import { probe } from "./probe.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(server);
  // A server listens on an address with a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener): Promise<string> => listening(createServer(listener));

const noExec: Exec = async () => {
  throw new Error("no process was to be started");
};

async function ask(
  how: ProbeUserOptions,
  deployment: Partial<Deployment>,
  { exec = noExec, timeout = "5s", signal = new AbortController().signal } = {},
) {
  const options = await parseUptimeOptions({ probe: how, timeout });
  const staging = {
    environment: "staging",
    digest: "d1",
    verified: true,
    since: "2026-01-01T00:00:00Z",
  } as const;
  return probe({ component: "foo", deployment: { ...staging, ...deployment }, options, exec, signal });
}

describe("by HTTP", () => {
  it("is up at the path and with the status that are asked for", async () => {
    const asked: unknown[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(request.url === "/app/up?deep=1" ? 204 : 200).end();
    });
    expect(await ask({ http: {} }, { url })).toEqual({ state: "up", detail: "status 200" });
    expect(await ask({ http: { path: "/up?deep=1", status: 204 } }, { url: `${url}/app/` })).toMatchObject({
      state: "up",
    });
    expect(asked).toEqual(["/health", "/app/up?deep=1"]);
  });

  it.each([500, 301, 404, 204])("is down with status %d", async (status) => {
    const url = await serve((_, response) => response.writeHead(status, { location: "/elsewhere" }).end());
    expect(await ask({ http: {} }, { url })).toEqual({ state: "down", detail: `status ${status}, not 200` });
  });

  it("is down when nobody listens", async () => {
    const url = await serve(() => undefined);
    open.splice(0).map((server) => server.close());
    expect(await ask({ http: {} }, { url })).toMatchObject({
      state: "down",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("is down without an answer in time, also when it stops in the middle", async () => {
    const silent = await serve(() => undefined);
    const late = { state: "down", detail: expect.stringContaining("no answer within") };
    expect(await ask({ http: {} }, { url: silent }, { timeout: "100ms" })).toMatchObject(late);
    const half = await serve((_, response) => response.writeHead(200).write("half"));
    expect(await ask({ http: {} }, { url: half }, { timeout: "100ms" })).toMatchObject(late);
  });

  it("is down when the connection breaks", async () => {
    const url = await serve((request) => request.socket.destroy());
    expect(await ask({ http: {} }, { url })).toMatchObject({ state: "down" });
  });

  it("reads no endless body", async () => {
    const url = await serve((_, response) => {
      const more = (): void => void (response.write("x".repeat(65_536)) && setImmediate(more));
      response.on("drain", more);
      more();
    });
    expect(await ask({ http: {} }, { url })).toMatchObject({ state: "up" });
    expect(await ask({ http: { version: {} } }, { url })).toMatchObject({ state: "down" });
  });

  it("is down when another release answers", async () => {
    let said: unknown = { release: "d1" };
    const url = await serve((request, response) =>
      response.end(
        request.url === "/version" ? (typeof said === "string" ? said : JSON.stringify(said)) : "ok",
      ),
    );
    const how = { http: { version: {} } };
    expect(await ask(how, { url })).toMatchObject({ state: "up" });
    said = { release: "d0\u001b[31m" };
    expect(await ask(how, { url })).toEqual({ state: "down", detail: "wrong release: d0" });
    for (said of [{}, { release: 1 }, "d1", "null", ""])
      expect(await ask(how, { url })).toEqual({ state: "down", detail: "no version" });
  });
});

describe("by TCP", () => {
  it("is up when it connects, at the address's port or another one", async () => {
    const url = await listening(createTcp((socket) => socket.end()));
    expect(await ask({ tcp: {} }, { url })).toEqual({ state: "up", detail: "connected" });
    const port = Number(new URL(url).port);
    expect(await ask({ tcp: { port } }, { url: "http://127.0.0.1:1" })).toMatchObject({ state: "up" });
  });

  it("is down when nobody listens", async () => {
    const url = await listening(createTcp());
    open.splice(0).map((server) => server.close());
    expect(await ask({ tcp: {} }, { url })).toMatchObject({ state: "down" });
  });
});

describe("by a command", () => {
  const ended =
    (result: Partial<ExecResult>): Exec =>
    async () => ({
      status: "exited",
      code: 0,
      signal: undefined,
      stdout: "",
      stderr: "",
      droppedBytes: 0,
      durationMs: 1,
      ...result,
    });

  it("says by its exit code whether the release is up, and knows which one", async () => {
    const { root } = await project({});
    const command = await fakeTool(root, "check", {
      script:
        'process.exitCode = env.TOWPATH_RELEASE === "d1" && env.TOWPATH_URL === "http://h:1" && args[0] === "-x" ? 0 : 3;',
    });
    const exec = createExec({ root, runId: "probe", env: { PATH: process.env["PATH"] } });
    const how = { command: [command, "-x"] };
    expect(await ask(how, { url: "http://h:1" }, { exec })).toEqual({ state: "up", detail: "exit code 0" });
    expect(await ask(how, { digest: "d2" }, { exec })).toEqual({ state: "down", detail: "exit code 3" });
  });

  it("is down at its time limit", async () => {
    const exec = ended({ status: "timed-out", code: undefined });
    expect(await ask({ command: ["x"] }, {}, { exec })).toMatchObject({ state: "down" });
  });

  it.each([
    [{ status: "not-started", code: undefined, startError: { code: "ENOENT", message: "no such file" } }],
    [{ status: "signalled", code: undefined, signal: "SIGSEGV" }],
  ] as const)("knows nothing when it broke itself: %j", async (result) => {
    expect(await ask({ command: ["x"] }, {}, { exec: ended(result) })).toMatchObject({ state: "unknown" });
  });
});

it.each([[{}], [{ url: "unix:/run/foo.sock" }], [{ url: "nonsense" }]])(
  "cannot ask a release whose address nobody knows: %j",
  async (deployment) => {
    const error: unknown = await ask({ http: {} }, deployment).catch((thrown: unknown) => thrown);
    expect(isBreakage(error) && error.kind).toBe("no-input");
  },
);
