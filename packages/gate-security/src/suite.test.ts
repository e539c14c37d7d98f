import { gateSuite, pythonEnv } from "@towpath/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OsvService, startOsvService } from "../test/osv-service.ts";
import security from "./index.ts";

let service: OsvService;
beforeAll(async () => {
  service = await startOsvService("vulnerable");
});
afterAll(() => service.close());

const password = ["corr", "ect-hor", "se-battery"].join("");
const file = "src/foo/a.py";
const shell = "import subprocess\n\n\ndef run(command):\n    subprocess.call(command, shell=True)\n";
const requirements = "src/foo/requirements.txt";
const clean = { [file]: "x = 1\n", [requirements]: "requests==2.31.0\n" };
const env = async (): Promise<Readonly<Record<string, string | undefined>>> => (await pythonEnv()).env;
const common = { clean, env };

gateSuite(
  { describe, it, expect },
  {
    from: import.meta.url,
    factory: security,
    cases: [
      {
        ...common,
        gate: "secrets",
        plugin: () => security({ secrets: { engine: "detect-secrets" } }),
        dirty: { files: { [file]: `x = 1\npassword = "${password}"\n` }, file, line: 2, hidden: password },
      },
      {
        ...common,
        gate: "sast",
        plugin: () => security(),
        dirty: { files: { [file]: shell }, file, line: 5 },
      },
      {
        ...common,
        gate: "dependencies",
        plugin: () =>
          security({ dependencies: { requirements: [requirements], service: "osv", osvUrl: service.url } }),
        dirty: {
          files: { ...clean, [requirements]: "requests==2.31.0\njinja2==2.4.1\n" },
          file: requirements,
          line: 2,
        },
      },
    ],
  },
);
