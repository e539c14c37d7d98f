import { library } from "../../tsdown.base.ts";

export default library({ index: "src/index.ts", "config/index": "src/config/index.ts" });
