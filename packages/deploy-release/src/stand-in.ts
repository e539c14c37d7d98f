import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sabotage } from "@towpath/core";
import type { TargetOptions } from "./options.ts";
import type { ReleaseRecord } from "./records.ts";

/** The failures that can be planted: the last one only shows once the release is in its place. */
export const preSwitchFaults: readonly Sabotage[] = ["health-500", "slow-start", "wrong-digest"];

const file = "stand-in.py";

/** Writes the program of a sabotaged release into its folder. */
export async function writeStandIn(release: string): Promise<void> {
  await writeFile(join(release, file), program);
}

/** Argv of the stand-in: a service that behaves well but for one failure. */
export function standInArgv(
  python: string,
  release: string,
  { digest, sabotage = "" }: Pick<ReleaseRecord, "digest" | "sabotage">,
  { health, version }: Pick<TargetOptions, "health" | "version">,
  port: number,
): readonly string[] {
  // A look is two requests: enough for the check before the switch or for the start, whatever one or two of them come
  // to, and too few for the watch.
  const budget = 3 * health.successes;
  const settings = {
    port,
    digest,
    sabotage,
    health: health.path,
    version: version.path,
    field: version.field,
    budget,
  };
  return [python, "-I", join(release, file), JSON.stringify(settings)];
}

const program = `"""Stands in for the service of a release that a drill breaks on purpose."""

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

settings = json.loads(sys.argv[1])
sabotage = settings["sabotage"]
if sabotage == "slow-start":
    while True:
        time.sleep(3600)

lock = threading.Lock()
left = settings["budget"]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        global left
        with lock:
            left -= 1
            if sabotage == "crash-after-requests" and left < 0:
                os._exit(1)
        status, body = 404, {"error": "not found"}
        if self.path == settings["health"]:
            status, body = (500, {"status": "broken"}) if sabotage == "health-500" else (200, {"status": "ok"})
        elif self.path == settings["version"]:
            digest = "0" * 64 if sabotage == "wrong-digest" else settings["digest"]
            status, body = 200, {settings["field"]: digest}
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("127.0.0.1", settings["port"]), Handler).serve_forever()
`;
