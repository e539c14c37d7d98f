/** Version of this core, as published; it stands in every report. */
export const version: string = "0.0.0";
