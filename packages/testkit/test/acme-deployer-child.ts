import { runDeployer } from "../src/index.ts";
import { acmeDeployer, type Flaw } from "./acme-deployer.ts";

const [, , folder = "", flaw = ""] = process.argv;
// The suite's own test wrote it there.
await runDeployer(() => acmeDeployer(folder, flaw === "" ? undefined : (flaw as Flaw)));
