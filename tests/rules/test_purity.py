"""The pure packages have no clock, no chance, no socket, no file, no thread, no environment."""

import ast

import pytest
from support.tree import imports, modules, parsed

MODULES = {
    "asyncio", "concurrent", "contextvars", "glob", "http", "io", "locale", "logging",
    "multiprocessing", "os", "pathlib", "platform", "queue", "random", "sched", "secrets",
    "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys",
    "tempfile", "threading", "time", "urllib", "uuid", "warnings",
}  # fmt: skip
NAMES = {"open", "print", "input", "hash", "id", "exec", "eval", "__import__", "breakpoint"}
ATTRIBUTES = {"now", "utcnow", "today", "random", "default_rng", "environ", "getenv", "urandom"}
PURE = sorted(
    name
    for name in modules()
    if name.partition(".")[0] in {"sensors", "occupancy"} and not name.startswith("occupancy.store")
)


def offences(tree: ast.AST) -> list[str]:
    """Calls of forbidden names and uses of forbidden attributes, with their lines."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in NAMES:
                found.append(f"{node.lineno}: {node.func.id}()")
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
            found.append(f"{node.lineno}: .{node.attr}")
        elif isinstance(node, (ast.Global, ast.AsyncFunctionDef)):
            found.append(f"{node.lineno}: {type(node).__name__}")
    return found


def test_a_pure_module_reaches_for_nothing():
    """Time, bytes and readings are arguments."""
    imported = {
        f"{name} -> {found}"
        for name in PURE
        for found in imports(name)
        if found.partition(".")[0] in MODULES
    }
    used = [f"{name}:{line}" for name in PURE for line in offences(parsed(modules()[name]))]
    assert imported == set()
    assert used == []


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)", "date.today()", "np.random.normal()", "os.environ['A']", "open('f')",
        "hash('text')", "print(1)", "np.random", "async def f(): ...",
    ],
)  # fmt: skip
def test_the_rule_sees_what_it_forbids(line):
    """Each kind of reach is found."""
    assert len(offences(ast.parse(line))) >= 1


def test_the_rule_looks_at_something():
    """Decoder and estimator are among the pure modules, the store is not."""
    assert {"sensors.decoder", "occupancy.estimator"} <= set(PURE)
    assert "occupancy.store.sqlite" not in PURE
