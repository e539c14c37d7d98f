import type { ToolInfo } from "@towpath/core";
import manifest from "../package.json" with { type: "json" };

/** This package itself, as the tool that sends the requests. */
export const embeddedTool: ToolInfo = { name: "towpath-load", version: manifest.version, via: "embedded" };
