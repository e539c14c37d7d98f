import type { ToolInfo } from "@towpath/core";
import manifest from "../package.json" with { type: "json" };

/** This package itself, as the tool that reads the records. */
export const embeddedTool: ToolInfo = {
  name: "towpath-operations",
  version: manifest.version,
  via: "embedded",
};
