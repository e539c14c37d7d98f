import { runDeployer } from "@towpath/testkit";
import { suiteDeployer } from "./suite-deployer.ts";

await runDeployer(() => suiteDeployer());
