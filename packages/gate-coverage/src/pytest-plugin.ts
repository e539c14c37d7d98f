/** Module name under which pytest loads the plugin (`-p`). */
export const pluginModule = "towpath_pytest";

/** Variable that names the file which the plugin creates and writes. */
export const logVariable = "TOWPATH_PYTEST_LOG";

/** Variable with a marker expression of tests that the plugin leaves out, beside what `-m` says. */
export const withoutVariable = "TOWPATH_PYTEST_WITHOUT";

/**
 * The pytest plugin that reports to Towpath, as Python source: a string, so that a bundled CLI has it too.
 * It writes one JSON object per line (read by `parsePytestLog`) and registers the marker `spec(id)`, so that
 * suites under `--strict-markers` may use it. Runs on pytest 7.2 and later, below xdist and rerunfailures.
 */
export const pluginSource: string = String.raw`"""Reports to Towpath what pytest saw: one JSON object per line."""
import datetime
import json
import os
import sys
import types

import pytest

# Bound now: a test may patch json.dumps while its own report is written.
_encode = json.JSONEncoder(default=str).encode
_log = None
_without = None
# What runs tests and tells of their outcome: the component's code is imported beside it, and must leave it alone.
_WATCHED = ("pytest", "_pytest.main", "_pytest.nodes", "_pytest.outcomes", "_pytest.python", "_pytest.python_api",
            "_pytest.raises", "_pytest.reports", "_pytest.runner", "_pytest.unittest", "pluggy._callers", "pluggy._hooks",
            "pluggy._manager", "unittest.case")
# Python and its packages: plugins of pytest may replace what they extend.
_TRUSTED = {os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(pytest.__file__))}
_bent_elsewhere = set()


def _is_trusted(code):
    """Whether code comes from Python, from what is installed beside pytest, or from where a plugin lies."""
    file = getattr(code, "co_filename", "")
    folders = tuple(folder + os.sep for each in _TRUSTED for folder in (each, os.path.realpath(each)))
    return os.path.isabs(file) and (file.startswith(folders) or os.path.realpath(file).startswith(folders))


def _function(member):
    return getattr(member, "fget", None) or getattr(member, "__func__", member)


def _parts():
    """Every function of the watched modules and of their classes: where it is kept, itself, and its code."""
    found = []
    for name in _WATCHED:
        module = sys.modules.get(name)
        owners = [] if module is None else [module]
        if module is not None and name != "pytest":
            owners += [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == name]
        for owner in owners:
            for key, member in list(vars(owner).items()):
                function = _function(member)
                if isinstance(function, types.FunctionType):
                    found.append((owner, key, member, function.__code__))
    return found


def _bent(manager):
    """The parts that are other ones than before the project's own code was loaded, and the hooks that came in silence."""
    found = _foreign_hooks(manager)
    for owner, key, member, code in _known:
        now = vars(owner).get(key)
        now_code = getattr(_function(now), "__code__", None)
        if now is member and now_code is code:
            continue
        if not _is_trusted(now_code):
            found.add(f"{owner.__module__}.{owner.__qualname__}.{key}" if isinstance(owner, type) else f"{owner.__name__}.{key}")
    return found


def _hooks(manager):
    """The functions that are called as hooks, each with its place in messages."""
    return [(impl.function, f"{name} (hooked by {type(impl.plugin).__name__})") for name, caller in list(vars(manager.hook).items())
            if not name.startswith("_") for impl in caller.get_hookimpls()]


def _declared(manager):
    """The files of conftest.py, and of modules that one of them names as plugins."""
    files, waiting = set(), [each for _, each in manager.list_name_plugin() if _is_conftest(getattr(each, "__file__", None) or "")]
    while waiting:
        module = waiting.pop()
        file = getattr(module, "__file__", None)
        if file is None or file in files:
            continue
        files.add(file)
        names = getattr(module, "pytest_plugins", None) or ()
        waiting += filter(None, (sys.modules.get(name) for name in ([names] if isinstance(names, str) else names)))
    return files


def _is_conftest(file):
    return os.path.basename(file) == "conftest.py"


def _foreign_hooks(manager):
    """Hooks that nobody declared: of a plugin that the project's code registered by itself while the tests ran."""
    declared = _declared(manager)
    found = set()
    for function, place in _hooks(manager):
        code = getattr(function, "__code__", None)
        file = getattr(code, "co_filename", "")
        if not (function in _known_hooks or file in declared or _is_conftest(file) or _is_trusted(code)):
            found.add(place)
    return found


_known = _parts()
_known_hooks = []


def _write(kind, **fields):
    if _log is not None:
        _log.write(_encode({"t": kind, **fields}) + "\n")
        # The begin of the next test takes this one along: one system call for each test.
        if kind != "test":
            _log.flush()


def pytest_addoption(parser, pluginmanager):
    # Towpath passes "-o cache_dir=…", which --strict-config refuses where nobody declares it.
    if pluginmanager.is_blocked("cacheprovider"):
        parser.addini("cache_dir", "folder of the cache, which is switched off")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    # All plugins are there, and no conftest.py yet.
    global _known, _known_hooks
    _known = _parts()
    _known_hooks = [function for function, _ in _hooks(early_config.pluginmanager)]
    files = (getattr(getattr(function, "__code__", None), "co_filename", "") for function in _known_hooks)
    _TRUSTED.update(os.path.dirname(file) for file in files if os.path.isabs(file))


def pytest_configure(config):
    global _log, _without
    config.addinivalue_line("markers", "spec(id): the requirement that this test proves")
    # Taken out of the environment: a pytest that a test starts must not write here.
    path = os.environ.pop("TOWPATH_PYTEST_LOG", None)
    _without = os.environ.pop("TOWPATH_PYTEST_WITHOUT", None)
    # Workers of xdist send their reports to the controller, which alone writes.
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        _without = worker.get("towpath_without")
    if _without is not None:
        # Not by "-m", of which the last one wins: what the project leaves out stays out.
        wanted = config.option.markexpr
        config.option.markexpr = f"({wanted}) and not ({_without})" if wanted else f"not ({_without})"
    if path is None or worker is not None:
        return
    _log = open(path, "x", encoding="utf-8")
    manager = config.pluginmanager
    _write(
        "start",
        v=1,
        pytest=pytest.__version__,
        root=str(config.rootpath),
        config=None if config.inipath is None else str(config.inipath),
        plugins=sorted(str(manager.get_name(plugin)) for plugin, _ in manager.list_plugin_distinfo()),
        clock=datetime.datetime.now().isoformat(),
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["towpath_without"] = _without


def pytest_collection_modifyitems(items):
    for item in items:
        for marker in item.iter_markers("spec"):
            item.user_properties.extend(("spec", str(name)) for name in marker.args)


def pytest_collectreport(report):
    if report.failed:
        # The error stands at the end of its text.
        _write("collect_error", nodeid=report.nodeid, msg=str(report.longrepr)[-4000:])
    elif report.skipped:
        # A skip is a tuple of file, line and reason.
        _write("collect_skip", nodeid=report.nodeid, msg=str(report.longrepr[2])[:1000])


def pytest_runtest_logstart(nodeid):
    _write("begin", nodeid=nodeid)


def pytest_runtest_logreport(report):
    if report.outcome == "passed" and report.when != "call":
        return
    path, line, _ = report.location
    own = report.nodeid.split("::", 1)[0]
    if path != own:
        # A test that a library made, as of a scenario, lies where it is collected and not in the library.
        path, line = own, None
    message = None
    if report.outcome in ("failed", "rerun"):
        crash = getattr(report.longrepr, "reprcrash", None)
        message = str(getattr(crash, "message", None) or report.longrepr)[:1000]
    _write(
        "test",
        nodeid=report.nodeid,
        when=report.when,
        outcome=report.outcome,
        xfail=getattr(report, "wasxfail", None),
        worker=getattr(report, "worker_id", None),
        file=path,
        line=(line or 0) + 1,
        spec=[value for name, value in report.user_properties if name == "spec"],
        msg=message,
    )


# Outermost: all other plugins have finished, the JUnit file is written, the exit status is final.
@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        # Before xdist sends it.
        output["towpath_bent"] = sorted(_bent(session.config.pluginmanager))
    yield
    bent = sorted(_bent(session.config.pluginmanager) | _bent_elsewhere)
    _write("finish", exit=int(session.exitstatus), collected=session.testscollected, bent=bent)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    _bent_elsewhere.update((getattr(node, "workeroutput", None) or {}).get("towpath_bent", ()))
`;
