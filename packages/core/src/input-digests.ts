import { dirname } from "node:path/posix";
import { digestOf } from "./canonical.ts";
import type { Component } from "./gate.ts";
import type { Basis, Surroundings } from "./gate-environment.ts";
import type { PlannedGate } from "./plan.ts";
import type { Inputs } from "./result.ts";
import type { Target } from "./stages.ts";
import type { Workspace } from "./workspace.ts";

/** Digests of what gates look at, remembered until the tree is declared changed. */
export interface InputDigests {
  /** @param environment digest of tools, packages and release */
  of(
    gate: Pick<Basis, "configFiles"> & Pick<PlannedGate, "policy">,
    component: Component,
    environment: string,
  ): Promise<Inputs>;
  /**
   * Digest of what a gate depends on besides the component and its configuration.
   * @param answers to the questions of `environment`
   * @param release digest of the release that the gate looks at
   */
  environment(
    basis: Pick<Basis, "around" | "environment">,
    component: Component,
    answers: unknown,
    release?: string,
  ): Promise<string>;
  /** Digest of a component's source, tests and specification. */
  tree(component: Component): Promise<string>;
  /** Files that appeared in or went from the component since it was first looked at. */
  drift(component: Component): Promise<readonly string[]>;
  /** Forgets what was seen, so that the next look is fresh. */
  forget(): void;
}

/** Python code and what configures it or its tools. */
const importable = /(?:^|\/)(?:[^/]+\.(?:pyi?|pth|toml|cfg|ini)|py\.typed)$/;

/** What is installed, kept by us, or our configuration counts elsewhere. */
const kept = /(?:^|\/)(?:\.(?:venv|tox|nox|git|towpath)\/|towpath\.config\.\w+$)/;

interface Tree {
  readonly files: readonly string[];
  readonly digest: string;
}

/** Makes the digests of one run. */
export function createInputDigests(workspace: Workspace, target: Target): InputDigests {
  const trees = new Map<string, Promise<Tree>>();
  const configs = new Map<string, Promise<string>>();
  const outside = new Map<string, Promise<string>>();
  let all: Promise<readonly string[]> | undefined;

  const readTree = async (component: Component): Promise<Tree> => {
    const { files: listed } = await workspace.list([...component.source, ...component.tests]);
    // The specification counts even where version control ignores it.
    const files =
      component.spec === undefined ? listed : [...new Set([...listed, component.spec])].toSorted();
    return { files, digest: await workspace.digest(files) };
  };
  const treeOf = (component: Component): Promise<Tree> =>
    remember(trees, component.name, () => readTree(component));
  const configOf = (component: Component, names: readonly string[]): Promise<string> => {
    if (names.length === 0) return Promise.resolve(digestOf([]));
    const files = foldersAbove(component).flatMap((folder) =>
      names.map((name) => (folder === "." ? name : `${folder}/${name}`)),
    );
    return remember(configs, `${component.name}/${names.join(",")}`, () => workspace.digest(files));
  };

  /** Digest of what lies around the component in the repository. */
  const surroundings = (component: Component, around: Surroundings): Promise<string> =>
    remember(outside, `${component.name}/${around}`, () => readSurroundings(component, around));
  const readSurroundings = async (component: Component, around: Surroundings): Promise<string> => {
    all ??= workspace.list(["."]).then(({ files }) => files.filter((file) => !kept.test(file)));
    const own = new Set((await treeOf(component)).files);
    const others = (await all).filter((file) => !own.has(file));
    return workspace.digest(around === "imports" ? others.filter((file) => importable.test(file)) : others);
  };

  return {
    async of({ policy, configFiles }, component, environment) {
      const [tree, config] = await Promise.all([treeOf(component), configOf(component, configFiles)]);
      return { tree: tree.digest, config, policy: digestOf({ policy, target, component }), environment };
    },
    async environment({ around, environment: asked }, component, answers, release) {
      const counted = around === "nothing" ? undefined : await surroundings(component, around);
      return digestOf({ release, around: counted, asked, answers });
    },
    tree: async (component) => (await treeOf(component)).digest,
    async drift(component) {
      const before = new Set((await treeOf(component)).files);
      workspace.forget?.();
      const after = new Set((await readTree(component)).files);
      return [...before.symmetricDifference(after)].toSorted();
    },
    forget() {
      workspace.forget?.();
      trees.clear();
      configs.clear();
      outside.clear();
      all = undefined;
    },
  };
}

function remember<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function foldersAbove(component: Component): readonly string[] {
  const folders = new Set<string>(["."]);
  for (const path of [...component.source, ...component.tests]) {
    for (let folder = path; folder !== "." && folder !== "/"; folder = dirname(folder)) folders.add(folder);
  }
  return [...folders].toSorted();
}
