import type { UserConfig } from "./types.ts";

/**
 * Types a configuration written in TypeScript or JavaScript.
 * @example export default defineConfig({ plugins: [ruff(), coverage({ coverage: { staging: 75 } })] });
 */
export function defineConfig(config: UserConfig): UserConfig {
  return config;
}
