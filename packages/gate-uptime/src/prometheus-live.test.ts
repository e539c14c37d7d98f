import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTcp, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { project } from "@towpath/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { prometheusSamples } from "./prometheus-samples.ts";

const program = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "prometheus"))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

async function freePort(): Promise<number> {
  const server = createTcp().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe.skipIf(program === undefined)(
  `a real Prometheus server${program === undefined ? " (skipped: no prometheus on PATH)" : ""}`,
  () => {
    it("tells up, down, and nothing where nothing was scraped", async () => {
      let value = 1;
      const exporter = createServer((_, response) => response.end(`probe_success ${value}\n`));
      exporter.listen(0, "127.0.0.1");
      await once(exporter, "listening");
      const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
      const { root } = await project({
        "prometheus.yml": `scrape_configs:\n- job_name: foo\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n  metrics_path: /\n  static_configs:\n  - targets: ["${target}"]\n`,
      });
      const port = await freePort();
      const args = [
        `--config.file=${join(root, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(root, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ];
      children.push(spawn(program ?? "", args, { stdio: "ignore" }));
      const from = Math.floor(Date.now() / 1_000) * 1_000;
      const read = async (): Promise<string[]> => {
        const { samples } = await prometheusSamples({
          url: `http://127.0.0.1:${port}`,
          query: 'probe_success{job="foo"}',
          intervalMs: 1_000,
          from,
          to: Math.floor(Date.now() / 1_000) * 1_000,
          signal: new AbortController().signal,
        });
        return samples.map(({ t, state }) => `${(t - from) / 1_000} ${state}`);
      };
      /** Asks until the answer fits; a server that is still starting does not answer. */
      const until = async (fits: (samples: readonly string[]) => boolean): Promise<readonly string[]> => {
        for (;;) {
          const found = await read().catch(() => []);
          if (fits(found)) return found;
          await delay(100);
        }
      };
      await until((samples) => samples.filter((one) => one.endsWith("up")).length >= 2);
      value = 0;
      await until((samples) => samples.some((one) => one.endsWith("down")));
      exporter.close();
      exporter.closeAllConnections();
      const last = Number((await until((samples) => samples.length > 0)).at(-1)?.split(" ")[0]);
      // Some seconds later a plain query would still give the old value.
      await until(() => Date.now() > from + (last + 5) * 1_000);
      const found = await read();
      expect(found.length).toBeGreaterThanOrEqual(3);
      expect(Number(found.at(-1)?.split(" ")[0])).toBeLessThanOrEqual(last + 2);
      expect(found.at(-1)).toMatch(/down$/);
    });
  },
);
