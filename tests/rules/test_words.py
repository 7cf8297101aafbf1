"""Every part says what it is, and no file speaks of the place where it was made."""

import ast
import re

import pytest
from support.tree import PACKAGES, ROOT, parsed, sources, tracked

from vrijplek.__main__ import app

LATER = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)))
PLACES = re.compile(
    r"(?<![\w.$}~-])/(?:" + "|".join(("work", "root", "home", "Users", "tmp")) + r")/\w"
)
HOSTS = re.compile(
    "|".join(
        ("pypi" + r"\.org", "python" + "hosted", "artifac" + "tory", r"--(?:extra-)?index-url")
    )
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TEXT = tuple(
    file
    for file in tracked()
    if file.suffix not in {".png", ".jpg", ".ico", ".woff2", ".gif", ".webp"}
)
DOCUMENTS = [f for f in tracked() if f.suffix == ".md" and f.parts[0] in {"README.md", "docs"}]


def found(pattern: re.Pattern, file) -> list[str]:
    """Lines of a file that match."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [f"{number}: {line}" for number, line in enumerate(lines, 1) if pattern.search(line)]


def undocumented(tree: ast.AST, prefix: str = "") -> list[str]:
    """Public classes, functions and methods without a docstring."""
    missing = []
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, (ast.ClassDef, *FUNCTIONS)):
            continue
        if node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            missing.append(prefix + node.name)
        if isinstance(node, ast.ClassDef):
            missing += undocumented(node, f"{node.name}.")
    return missing


def test_every_public_part_has_a_docstring():
    """Modules, classes, functions and methods."""
    missing = [
        f"{file}:{name}"
        for file in sources(*PACKAGES)
        for name in ([] if ast.get_docstring(parsed(file)) else [""]) + undocumented(parsed(file))
    ]
    assert missing == []


def test_every_test_has_a_docstring():
    """It states the fact that the test proves, and so does its file."""
    files = sources("tests")
    tests = {
        f"{file}:{node.name}": ast.get_docstring(node)
        for file in files
        for node in ast.walk(parsed(file))
        if isinstance(node, FUNCTIONS) and node.name.startswith("test_")
    }
    assert [name for name, words in tests.items() if words is None] == []
    assert [str(file) for file in files if ast.get_docstring(parsed(file)) is None] == []


@pytest.mark.parametrize("pattern", [LATER, PLACES, HOSTS], ids=["later", "places", "hosts"])
def test_no_file_leaves_work_or_speaks_of_a_machine(pattern):
    """Nothing is left for later, and no path or registry of one machine is named."""
    assert [f"{file}:{line}" for file in TEXT for line in found(pattern, file)] == []


def commands() -> list[str]:
    """The subcommands of `vrijplek`."""
    names = (command.name or command.callback.__name__ for command in app.registered_commands)
    return [name.replace("_", "-") for name in names]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_documents(command):
    """README or docs show how it is called."""
    words = [
        file for file in DOCUMENTS if f"vrijplek {command}" in (ROOT / file).read_text("utf-8")
    ]
    assert words != []


def test_the_rules_look_at_something():
    """Files, documents and commands are found, and the patterns match what they forbid."""
    assert {"demo", "run", "check"} <= set(commands())
    assert len(TEXT) > 100
    assert PLACES.search("see /ho" + "me/jan/x")
    assert not PLACES.search("GET /v1/" + "work/of")
    assert HOSTS.search("https://py" + "pi.org/simple")
