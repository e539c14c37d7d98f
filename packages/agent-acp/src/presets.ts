/** Names of the agents that need no argv. */
export type PresetName =
  | "auggie"
  | "claude"
  | "cline"
  | "codex"
  | "copilot"
  | "cursor"
  | "gemini"
  | "goose"
  | "opencode";

/** How a known agent is started. */
export interface Preset {
  /** Program and arguments that make it speak the Agent Client Protocol on its standard input and output. */
  readonly argv: readonly [string, ...string[]];
  /** What a person does to have the program; Towpath never does it. */
  readonly install: string;
  /** What a person does to log in; or a variable of the option `env` holds a key. */
  readonly login: string;
  /** Variables under which the agent looks for a key. */
  readonly keys: readonly string[];
}

/** The agents that are known by name, each as its own documentation or the protocol's registry starts it. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  auggie: {
    argv: ["auggie", "--acp"],
    install: "npm install --global @augmentcode/auggie",
    login: "auggie login",
    keys: ["AUGMENT_SESSION_AUTH"],
  },
  claude: {
    argv: ["claude-agent-acp"],
    install: "npm install --global @agentclientprotocol/claude-agent-acp",
    login: "claude, then /login",
    keys: ["ANTHROPIC_API_KEY"],
  },
  cline: {
    argv: ["cline", "--acp"],
    install: "npm install --global cline",
    login: "cline auth",
    keys: [],
  },
  codex: {
    argv: ["codex-acp"],
    install: "npm install --global @agentclientprotocol/codex-acp",
    login: "codex login",
    keys: ["CODEX_API_KEY", "OPENAI_API_KEY"],
  },
  copilot: {
    argv: ["copilot", "--acp"],
    install: "npm install --global @github/copilot",
    login: "copilot, then /login",
    keys: ["GH_TOKEN", "GITHUB_TOKEN"],
  },
  cursor: {
    argv: ["cursor-agent", "acp"],
    install: "see https://cursor.com/docs/cli",
    login: "cursor-agent login",
    keys: ["CURSOR_API_KEY"],
  },
  gemini: {
    argv: ["gemini", "--acp"],
    install: "npm install --global @google/gemini-cli",
    login: "gemini, then /auth",
    keys: ["GEMINI_API_KEY"],
  },
  goose: {
    argv: ["goose", "acp"],
    install: "see https://block.github.io/goose",
    login: "goose configure",
    keys: [],
  },
  opencode: {
    argv: ["opencode", "acp"],
    install: "npm install --global opencode-ai",
    login: "opencode auth login",
    keys: [],
  },
};
