import { runDeployer } from "../src/index.ts";
import { folderDeployer } from "./folder-deployer.ts";

await runDeployer(() => folderDeployer(process.argv[2] ?? ""));
