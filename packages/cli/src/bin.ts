#!/usr/bin/env node
import manifest from "../package.json" with { type: "json" };

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

// Only a finished verdict lowers the exit code, so that nothing that goes wrong on the way can look like success.
process.exitCode = 3;

if (major < 22 || (major === 22 && minor < 18) || major === 23) {
  process.stderr.write(
    `towpath needs Node 22.18 or newer, or 24; this is ${process.versions.node}.\n` +
      "  why   it reads TypeScript configurations with Node's own type stripping\n" +
      "  fix   install a current Node, then run towpath again\n",
  );
  process.exitCode = 2;
} else if (process.argv.length === 3 && ["--version", "-V"].includes(process.argv[2] ?? "")) {
  process.stdout.write(`${manifest.version}\n`);
  process.exitCode = 0;
} else {
  // Imported here, because an old Node does not have the export and must reach the message above.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  const { main } = await import("./main.ts");
  await main(process.argv.slice(2));
}
