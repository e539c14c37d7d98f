import type { ToolInfo } from "@towpath/core";
import manifest from "../package.json" with { type: "json" };

/** This package itself, as the tool that makes and traces tests. */
export const embeddedTool: ToolInfo = {
  name: "towpath-testgen",
  version: manifest.version,
  via: "embedded",
};
