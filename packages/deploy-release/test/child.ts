import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { runDeployer } from "@towpath/testkit";
import { releaseDeployer } from "../src/release-deployer.ts";

/** What changes files. */
const changes = ["appendFile", "mkdir", "open", "rename", "rm", "symlink", "writeFile"] as const;

await runDeployer((point) => {
  for (const name of changes) {
    const real = fs[name] as (...args: readonly unknown[]) => Promise<unknown>;
    const withPoints = async (...args: readonly unknown[]): Promise<unknown> => {
      point();
      const value = await real(...args);
      point();
      return value;
    };
    Object.assign(fs, { [name]: withPoints });
  }
  syncBuiltinESMExports();
  return releaseDeployer(JSON.parse(process.argv[2] ?? ""));
});
