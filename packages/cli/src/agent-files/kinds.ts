/** For whom files are written; each can be had alone. */
export const agentFileKinds = ["agents", "skills", "claude", "augment", "cursor"] as const;

/** For whom a file is written. */
export type AgentFileKind = (typeof agentFileKinds)[number];
