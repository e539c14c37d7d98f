import type { ToolInfo } from "@towpath/core";
import manifest from "../package.json" with { type: "json" };

/** This package itself, as the tool that reads specifications. */
export const embeddedTool: ToolInfo = { name: "towpath-spec", version: manifest.version, via: "embedded" };
