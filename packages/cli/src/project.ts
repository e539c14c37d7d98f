import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { createKernel, findComponent, TowpathError, type Component, type Kernel } from "@towpath/core";
import {
  checkConfig,
  checkGateSettings,
  resolvePlugin,
  type Config,
  type LoadedConfig,
  type PluginEntry,
} from "@towpath/core/config";
import { toRepoPath } from "@towpath/kit";
import { config as configureZod } from "zod";
import { bundledPlugins } from "./bundled-plugins.ts";
import { findConfig } from "./find-config.ts";
import type { GlobalOptions } from "./global-options.ts";
import { watchPending } from "./watch-process.ts";

// A command checks each schema once or twice: compiling it first would cost more than it saves.
configureZod({ jitless: true });

/** A project with its configuration and its plugins set up. */
export interface Project {
  /** Absolute real path of the folder that holds the configuration; all paths are relative to it. */
  readonly root: string;
  readonly loaded: LoadedConfig;
  readonly config: Config;
  readonly kernel: Kernel;
  /** Where each plugin was found. */
  readonly plugins: readonly { readonly name: string; readonly version?: string; readonly via: string }[];
}

/**
 * Finds the configuration, loads the plugins it names, sets them up and works with them. However the work ends, the
 * plugins are closed: what one of them holds open would keep the process from ending.
 * @throws {TowpathError} TP1201 when there is no configuration, and what reading, checking, loading and the work throw
 */
export async function withProject<T>(
  options: GlobalOptions,
  work: (project: Project) => Promise<T>,
): Promise<T> {
  const loaded = await findConfig(options);
  const root = await realpath(dirname(loaded.path));
  const kernel = createKernel({ root, env: process.env });
  watchPending(() => kernel.pending());
  try {
    return await work(await setUp(kernel, root, loaded, options));
  } finally {
    await kernel.close();
  }
}

async function setUp(
  kernel: Kernel,
  root: string,
  loaded: LoadedConfig,
  options: GlobalOptions,
): Promise<Project> {
  const first = checkConfig(loaded.raw, loaded);
  const plugins: Project["plugins"][number][] = [];
  for (const [index, entry] of first.plugins.entries()) {
    plugins.push(await usePlugin(kernel, entry, index, { loaded, root, trusted: options.trusted }));
  }
  kernel.seal();
  const configured = await kernel.hooks.configure.promise(loaded.raw);
  const config = configured === loaded.raw ? first : checkConfig(configured, loaded);
  checkGateSettings(config, new Set(kernel.gates.keys()), loaded);
  return { root, loaded, config, kernel, plugins };
}

/**
 * The components of the given names, or all that the configuration declares.
 * @throws {TowpathError} TP1002, TP1003; TP1005 for a path that leads out of the repository; TP1006 when none is
 *   declared and none named
 */
export async function componentsOf(
  project: Project,
  names: readonly string[],
): Promise<readonly Component[]> {
  const wanted = names.length > 0 ? names : Object.keys(project.config.components);
  if (wanted.length === 0) {
    throw new TowpathError("TP1006", {
      message: "the configuration declares no component",
      fix: ["Name one: --component <name>", "Or declare components in the configuration."],
      where: [project.loaded.file],
    });
  }
  return Promise.all([...new Set(wanted)].map((name) => componentOf(project, name)));
}

async function componentOf({ config, loaded, root }: Project, name: string): Promise<Component> {
  const component = await findComponent(name, config, root);
  for (const path of [...component.source, ...component.tests]) {
    try {
      toRepoPath(root, path);
    } catch (cause) {
      const where = [loaded.at(["components", name])];
      const message = `${path} of the component ${name} leads out of the repository`;
      throw new TowpathError("TP1005", { message, where, cause });
    }
  }
  return component;
}

async function usePlugin(
  kernel: Kernel,
  entry: PluginEntry,
  index: number,
  {
    loaded,
    root,
    trusted,
  }: { readonly loaded: LoadedConfig; readonly root: string; readonly trusted: boolean },
): Promise<Project["plugins"][number]> {
  const where = loaded.at(["plugins", index]);
  if (typeof entry === "object" && "setup" in entry) {
    await kernel.use(entry, { where });
    return { name: entry.name, via: loaded.file };
  }
  const [name, options] = typeof entry === "string" ? [entry, undefined] : entry;
  const found = await resolvePlugin({
    name,
    from: loaded.path,
    root,
    where,
    trusted,
    bundled: bundledPlugins,
  });
  const version = found.version === undefined ? {} : { version: found.version };
  const origin = (path: readonly (string | number)[]): string | undefined =>
    typeof entry === "string" ? undefined : loaded.setAt(["plugins", index, 1, ...path]);
  const plugin = found.factory(options);
  await kernel.use(plugin, { where, ...version, origin });
  if (found.warning !== undefined) kernel.bus.emit("warning", { message: found.warning });
  return { name: plugin.name, ...version, via: found.via };
}
