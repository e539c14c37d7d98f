import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Release } from "@towpath/core";
import { pythonEnv } from "@towpath/testkit";

/** A service that says who it is. */
export const service: string = `
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        bodies = {"/health": {"status": "ok"}, "/version": {"release": os.environ["TOWPATH_RELEASE"]}}
        body = json.dumps(bodies.get(self.path, {})).encode()
        self.send_response(200 if self.path in bodies else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
`;

const zip = `
import json, sys, zipfile

path, files = sys.argv[1], json.loads(sys.argv[2])
with zipfile.ZipFile(path, "w") as wheel:
    for name, text in files.items():
        wheel.writestr(zipfile.ZipInfo(name), text)
`;

/**
 * Puts a wheel with one module into a repository, where built artifacts lie.
 * @param source text of the module \`svc\`
 */
export async function wheelRelease(root: string, source: string): Promise<Release> {
  const info = "svc-1.dist-info";
  const files = {
    "svc.py": source,
    [`${info}/METADATA`]: "Metadata-Version: 2.1\nName: svc\nVersion: 1\n",
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: `svc.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  };
  const name = "svc-1-py3-none-any.whl";
  const temporary = join(root, `.${crypto.randomUUID()}`);
  const { python } = await pythonEnv();
  await promisify(execFile)(python, ["-c", zip, temporary, JSON.stringify(files)]);
  return storeArtifact(root, temporary, name);
}

/** Moves a file to where artifacts lie, and names it as a release. */
export async function storeArtifact(root: string, path: string, name: string): Promise<Release> {
  const digest = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  const folder = `.towpath/artifacts/${digest}`;
  await mkdir(join(root, folder), { recursive: true });
  await rename(path, join(root, folder, name));
  return { component: "svc", digest, file: `${folder}/${name}`, tree: "tree" };
}
