import type { ModuleName } from "../module-names.ts";
import { pyString, pyTuple } from "./python-text.ts";

/** The imports that `lookUp` needs. */
export const lookUpImports: readonly string[] = [
  "import importlib",
  "import inspect",
  "import pathlib",
  "import pkgutil",
  "import sys",
];

/**
 * The look-up of the component's names, as Python: in the package itself, else in its modules, when a test runs, so that
 * the tests can be written before the code.
 * @param modules as `moduleNames` gives them
 * @param depth how many folders below the repository root the file lies
 */
export function lookUp(modules: readonly (readonly ModuleName[])[], depth: number): string {
  const sources = modules.map((names) =>
    pyTuple(names.map(({ name, root }) => pyTuple([pyString(name), pyString(root)]))),
  );
  return `# For each path of the source: the names under which it may be imported, and from where.
SOURCES = ${pyTuple(sources)}
PYTHON = getattr(sys, "stdlib_module_names", sys.builtin_module_names)


def source(names):
    """The package or module that is imported by one of the names."""
    missing = []
    for name, root in names:
        place = str(pathlib.Path(__file__).resolve().parents[${depth}] / root)
        for is_added in (False, True):
            if is_added and place not in sys.path:
                sys.path.append(place)
            try:
                return importlib.import_module(name)
            except ModuleNotFoundError as error:
                if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                    raise
                missing.append(str(error))
    raise AssertionError(f"the component cannot be imported: {missing[0]}")


def is_own(module, name):
    """Whether a module has a name for something that Python itself does not bring along."""
    value = getattr(module, name, module)
    home = (getattr(value, "__module__", None) or "").split(".")[0]
    is_python = home in PYTHON
    if isinstance(value, type):
        return home == "builtins" or issubclass(value, BaseException) or not is_python
    if inspect.isroutine(value):
        return not is_python
    return not inspect.ismodule(value)


def modules(package):
    """The package, then all modules below it."""
    yield package
    prefix = f"{package.__name__}."
    for info in pkgutil.walk_packages(getattr(package, "__path__", []), prefix):
        if not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


def api(name):
    """What the specification calls by this name, wherever the component keeps it."""
    found = []
    for package in map(source, SOURCES):
        for module in modules(package):
            if is_own(module, name):
                value = getattr(module, name)
                if module is package:
                    return value
                found.append((module.__name__, value))
    for module, value in found:
        if getattr(value, "__module__", None) == module:
            return value
    if not found:
        raise AssertionError(f"the component has no {name}")
    return found[0][1]
`;
}
