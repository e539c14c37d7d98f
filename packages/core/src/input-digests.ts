import { dirname } from "node:path/posix";
import { digestOf } from "./canonical.ts";
import type { Component } from "./gate.ts";
import type { Basis } from "./gate-environment.ts";
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
    basis: Pick<Basis, "followsImports" | "environment">,
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

/** Python code and what sets it up; folders that begin with a dot are nobody's to import. */
const importable =
  /^(?!(?:.*\/)?\.)(?:.*\/)?(?:[^/]+\.pyi?|pyproject\.toml|setup\.cfg|setup\.py|py\.typed|[^/]+\.pth)$/;

interface Tree {
  readonly files: readonly string[];
  readonly digest: string;
}

/** Makes the digests of one run. */
export function createInputDigests(workspace: Workspace, target: Target): InputDigests {
  const trees = new Map<string, Promise<Tree>>();
  const configs = new Map<string, Promise<string>>();
  const others = new Map<string, Promise<string>>();
  let python: Promise<readonly string[]> | undefined;

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

  /** Digest of the repository's Python code and its settings outside of the component: what it may import. */
  const surroundings = (component: Component): Promise<string> =>
    remember(others, component.name, () => readSurroundings(component));
  const readSurroundings = async (component: Component): Promise<string> => {
    python ??= workspace.list(["."]).then(({ files }) => files.filter((file) => importable.test(file)));
    const own = new Set((await treeOf(component)).files);
    return workspace.digest((await python).filter((file) => !own.has(file)));
  };

  return {
    async of({ policy, configFiles }, component, environment) {
      const [tree, config] = await Promise.all([treeOf(component), configOf(component, configFiles)]);
      return { tree: tree.digest, config, policy: digestOf({ policy, target, component }), environment };
    },
    async environment({ followsImports, environment: asked }, component, answers, release) {
      const around = followsImports ? await surroundings(component) : undefined;
      return digestOf({ release, around, asked, answers });
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
      others.clear();
      python = undefined;
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
