# Generated from the specification by @towpath/testgen-pytest. Fill in the bodies; the file is left alone from then on.
# towpath-testgen: {"component":"tally","spec":"540f9bfdc6e951ff540c3e05d48f7974fbc5a9b5f233c9661ff2d2eca7bd2ce2","generator":"0.0.0","tier":"T2","open":true,"content":"9fb98cf909d3a759731ca1fb87a533f86e8b8eedd4028473dbb85f98e226b299"}
# ruff: noqa: E501, RUF100
"""The steps of the scenarios. Each of them fails until somebody writes what it says."""

import importlib
import inspect
import pathlib
import pkgutil
import sys

import pytest
from pytest_bdd import given, then, when

# For each path of the source: the names under which it may be imported, and from where.
SOURCES = ((("tally", "src"), ("src.tally", ".")),)
PYTHON = getattr(sys, "stdlib_module_names", sys.builtin_module_names)


def source(names):
    """The package or module that is imported by one of the names."""
    missing = []
    for name, root in names:
        place = str(pathlib.Path(__file__).resolve().parents[2] / root)
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


@pytest.fixture
def world():
    """What the steps of one scenario share."""
    return {}


@given('a tally in which "bob" has 2 votes')
def given_a_tally_in_which_bob_has_2_votes(world):
    world["tally"] = api("Tally")()
    world["tally"].add("bob", 2)


@given('"ann" has 2 votes')
def given_ann_has_2_votes(world):
    world["tally"].add("ann", 2)


@when("the ranking is asked for")
def when_the_ranking_is_asked_for(world):
    world["names"] = [name for name, _ in world["tally"].ranking()]


@then('"ann" comes before "bob"')
def then_ann_comes_before_bob(world):
    assert world["names"].index("ann") < world["names"].index("bob")


@when("the number of votes is not positive")
def when_the_number_of_votes_is_not_positive(world):
    world["tally"] = api("Tally")()
    with pytest.raises(ValueError):
        world["tally"].add("ann", 0)


@then("tally must refuse it with ValueError and count nothing")
def then_tally_must_refuse_it_with_valueerror_and(world):
    assert world["tally"].votes("ann") == 0
