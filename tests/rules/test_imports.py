"""Imports point inward, siblings never meet, the simulator is a stranger, nothing goes round."""

import ast
import sys
from graphlib import CycleError, TopologicalSorter

import pytest
from support.tree import PACKAGES, imports, modules, parsed

MAY_MEET = {
    "sensors": {"sensors"},
    "occupancy": {"occupancy", "sensors"},
    "ingest": {"ingest", "occupancy", "sensors"},
    "api": {"api", "occupancy", "sensors"},
    "firmware_sim": {"firmware_sim"},
    "vrijplek": set(PACKAGES),
}
OUTSIDE = {
    "sensors": {"numpy", "msgspec", "cryptography", "google"},
    "occupancy": {"numpy", "msgspec"},
}
"""What the pure packages may import besides the standard library."""
STORE = "occupancy.store"


def top(name):
    return name.partition(".")[0]


def is_in(name, package):
    return name == package or name.startswith(f"{package}.")


def test_a_module_imports_only_what_its_package_may():
    """No package knows one that stands beside or outside it."""
    wrong = {
        f"{name} -> {found}"
        for name in modules()
        for found in imports(name)
        if top(found) in PACKAGES and top(found) not in MAY_MEET[top(name)]
    }
    assert wrong == set()


@pytest.mark.parametrize("package", OUTSIDE)
def test_a_pure_package_needs_little(package):
    """Arrays, structs, and the ciphers and protobuf of others; adapters of stores need theirs."""
    inner = [name for name in modules() if is_in(name, package) and not is_in(name, STORE)]
    outside = {top(found) for name in inner for found in imports(name)}
    assert outside - sys.stdlib_module_names - set(PACKAGES) <= OUTSIDE[package]


def test_the_core_does_not_know_its_stores():
    """Only `vrijplek` names a store, and stores themselves."""
    knows = {name for name in modules() for found in imports(name) if is_in(found, STORE)}
    assert knows
    assert {name for name in knows if not is_in(name, STORE) and top(name) != "vrijplek"} == set()


def test_nothing_imports_the_command_line():
    """`vrijplek` stands outside of all."""
    users = {top(name) for name in modules() for found in imports(name) if top(found) == "vrijplek"}
    assert users == {"vrijplek"}


def test_no_import_goes_round():
    """There is an order in which every module comes after all that it imports."""
    graph = {name: {f for f in imports(name) if f in modules() and f != name} for name in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_imports_are_absolute():
    """A module names what it imports in full."""
    relative = [
        name
        for name, file in modules().items()
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_the_rules_see_the_imports():
    """The table of imports is not empty by mistake."""
    assert "sensors.decoder" in imports("ingest.batch")
    assert "occupancy.store.sqlite" in imports("vrijplek.disk")
    assert set(MAY_MEET) == set(PACKAGES) == {top(name) for name in modules()}
