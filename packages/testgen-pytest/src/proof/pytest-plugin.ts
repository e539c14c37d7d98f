/** Module name under which pytest loads the plugin (`-p`). */
export const pluginModule = "towpath_proof";

/** Variable that names the file with the request. */
export const requestVariable = "TOWPATH_PROOF_REQUEST";

/**
 * The pytest plugin that judges tests, as Python source. It reads a request (`ProofRequest`), puts an implementation that
 * does nothing in the component's place where it is asked to, runs the wanted tests once for each of its modes in the one
 * process, and writes one JSON object per line (read by `parseProofLog`). Runs on pytest 7.2 and later.
 */
export const pluginSource: string = String.raw`"""Runs tests against an implementation that does nothing, and tells Towpath what became of them."""
import ast
import dataclasses
import enum
import importlib.abc
import importlib.machinery
import json
import os
import sys
import types
import typing

import pytest

_encode = json.JSONEncoder(default=str).encode
with open(os.environ.pop("TOWPATH_PROOF_REQUEST"), encoding="utf-8") as _file:
    REQUEST = json.load(_file)
_log = open(REQUEST["log"], "x", encoding="utf-8")
# On which implementation a test runs now; "load" while tests are collected.
_mode = "load"
# Whether the running test, or a fixture that lives on, started a process or called another program.
_outside = False
_lasting = False
_phase = None


def _write(kind, **fields):
    _log.write(_encode({"t": kind, **fields}) + "\n")
    _log.flush()


class Answer:
    """What an implementation that does nothing answers: nobody can say whether it is true."""

    def __bool__(self):
        raise TypeError("an implementation that does nothing answered this")

    def __repr__(self):
        return "<answer of an implementation that does nothing>"


ANSWER = Answer()


def _act(name):
    if _mode == "raises":
        raise NotImplementedError(name)
    return ANSWER


class StubType(type):
    """Stands for a name that the specification does not promise."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return NAMES[name] if name in NAMES and _mode != "empty" else _stub(name)


class Stub(metaclass=StubType):
    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: _act(name)


_stubs = {}


def _stub(name):
    if name.isupper():
        # A constant: modules of tests count with it while they are collected.
        return 1
    return _stubs.setdefault(name, StubType(name, (Stub,), {}))


class NullModule(types.ModuleType):
    def __getattr__(self, name):
        if name == "__all__":
            return sorted(NAMES)
        if name == "__version__" and _mode != "empty":
            return ANSWER
        if _mode == "empty" or name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return NAMES[name] if name in NAMES else _stub(name)


def _null_names():
    """The names of the API blocks; one that Python refuses is left to the stubs."""
    space = {"_act": _act, "dataclass": dataclasses.dataclass, "__name__": "towpath_nothing"}
    space.update((name, getattr(enum, name)) for name in ("Enum", "IntEnum", "Flag", "IntFlag"))
    space.update(StrEnum=getattr(enum, "StrEnum", enum.Enum), NamedTuple=typing.NamedTuple)
    module = types.ModuleType("towpath_nothing")
    sys.modules["towpath_nothing"] = module
    names = {}
    for each in REQUEST["nothing"]:
        tree = ast.parse("from __future__ import annotations\n" + each["source"])
        try:
            exec(compile(tree, "<nothing>", "exec"), space)
        except Exception:
            continue
        names[each["name"]] = space[each["name"]]
    return names


class NullFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports nothing in the place of the component."""

    def __init__(self, modules):
        self.modules = modules

    def find_spec(self, fullname, path=None, target=None):
        if any(fullname == name or fullname.startswith(name + ".") for name in self.modules):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return NullModule(spec.name)

    def exec_module(self, module):
        module.__path__ = []
        # Tests may ask where the package lies; nothing lies there.
        module.__file__ = os.path.join(os.path.dirname(REQUEST["log"]), "nothing", *module.__name__.split("."), "__init__.py")


NAMES = {}
if REQUEST["modes"]:
    NAMES = _null_names()
    # What Python has itself is never taken away.
    _own = getattr(sys, "stdlib_module_names", frozenset(sys.builtin_module_names))
    sys.meta_path.insert(0, NullFinder([name for name in REQUEST["modules"] if name.split(".")[0] not in _own]))

_STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.fork",
           "os.forkpty", "pty.spawn", "socket.connect"}


def _audit(event, args):
    global _outside, _lasting
    if event in _STARTS and _phase is not None:
        _outside = True
        # What a fixture started may serve later tests, too.
        _lasting = _lasting or _phase == "setup"


sys.addaudithook(_audit)


def pytest_addoption(parser, pluginmanager):
    # Towpath passes "-o cache_dir=…", which --strict-config refuses where nobody declares it.
    if pluginmanager.is_blocked("cacheprovider"):
        parser.addini("cache_dir", "folder of the cache, which is switched off")


def pytest_configure(config):
    config.addinivalue_line("markers", "spec(id): the requirement that this test proves")
    # One process, every test, to the end: whatever the project's own options say.
    option = config.option
    for name, value in (("maxfail", 0), ("reruns", 0), ("stepwise", False), ("lf", False), ("failedfirst", False)):
        if hasattr(option, name):
            setattr(option, name, value)
    if REQUEST["modes"]:
        option.continue_on_collection_errors = True
    if REQUEST["properties"]:
        from hypothesis import Phase, settings

        # Whether a property fails is the question; the smallest counterexample takes most of the time.
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("towpath", phases=phases, report_multiple_bugs=False, database=None)
        settings.load_profile("towpath")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    for name, value in (("numprocesses", None), ("dist", "no"), ("tx", []), ("looponfail", False)):
        if hasattr(config.option, name):
            setattr(config.option, name, value)


def pytest_sessionstart(session):
    _write("start", v=1, pytest=pytest.__version__)


def _file(path):
    return os.path.relpath(str(path), REQUEST["root"]).replace(os.sep, "/")


def _identity(item):
    """The id of a test without its parameters, relative to the repository."""
    _, _, below = item.nodeid.partition("::")
    call = getattr(item, "callspec", None)
    end = f"[{call.id}]" if call is not None else ""
    return f"{_file(item.path)}::{below[: -len(end)] if end and below.endswith(end) else below}"


def pytest_ignore_collect(collection_path):
    only = REQUEST["only"]
    if only is not None and collection_path.suffix == ".py" and _file(collection_path) not in only:
        return True
    return None


_lines = {}


def _line(item):
    """Where a test stands, decorators included. A plugin may have put a function of its own in its place."""
    code = getattr(getattr(item, "function", None), "__code__", None)
    if code is None or os.path.realpath(code.co_filename) == os.path.realpath(str(item.path)):
        return (item.location[1] or 0) + 1
    if item.path not in _lines:
        nodes = ast.walk(ast.parse(item.path.read_bytes()))
        found = [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        _lines[item.path] = {node.name: min([node.lineno, *(each.lineno for each in node.decorator_list)]) for node in found}
    return _lines[item.path].get(getattr(item, "originalname", None) or item.name, 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    kept = []
    for item in items:
        spec = [str(name) for marker in item.iter_markers("spec") for name in marker.args]
        if spec or REQUEST["generated"] is None or _file(item.path) in REQUEST["generated"]:
            item.towpath_id = _identity(item)
            kept.append(item)
            _write("item", id=item.towpath_id, node=item.nodeid, file=_file(item.path), line=_line(item), spec=spec)
    items[:] = kept


def pytest_collectreport(report):
    if report.failed:
        _write("collect_error", node=report.nodeid, msg=str(report.longrepr)[-2000:])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    global _mode, _lasting
    if not REQUEST["modes"]:
        return None
    contract = set(REQUEST["contract"])
    for mode in REQUEST["modes"]:
        _mode, _lasting = mode, False
        items = [item for item in session.items if (_file(item.path) in contract) == (mode == "empty")]
        for index, item in enumerate(items):
            following = items[index + 1] if index + 1 < len(items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    _write("nothing", strange=_strange())
    return True


def _strange():
    """Modules of the component itself that were imported all the same, so that nothing stood in their place."""
    found = []
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        place = os.path.realpath(file) if isinstance(file, str) and not isinstance(module, NullModule) else ""
        if _lies(place, REQUEST["sources"]) and not _lies(place, REQUEST["tests"]) and name != "conftest":
            found.append(name)
    return found


def _lies(place, folders):
    return any(place == folder or place.startswith(folder + os.sep) for folder in folders)


def pytest_runtest_logstart():
    global _outside
    _outside = _lasting


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_setup(item):
    global _phase
    _phase = "setup"
    yield
    _phase = None


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_call(item):
    global _phase
    _phase = "call"
    yield
    _phase = None


def pytest_runtest_logreport(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    message = str(getattr(crash, "message", None) or report.longrepr)[:500] if report.failed else None
    _write("test", mode=_mode, node=report.nodeid, when=report.when, outcome=report.outcome,
           xfail=hasattr(report, "wasxfail"), outside=_outside, msg=message)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    yield
    _write("finish", exit=int(session.exitstatus), collected=session.testscollected)
`;
