import manifest from "../package.json" with { type: "json" };

/** Version of this core, as published; it stands in every report. */
export const version: string = manifest.version;
