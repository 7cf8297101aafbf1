"""Modules and functions stay small."""

import ast

from support.tree import PACKAGES, ROOT, parsed, sources

MODULE_LINES = 400
FUNCTION_LINES = 60
FILES = sources(*PACKAGES, "tests")


def functions(tree):
    """All functions and methods of a file."""
    return [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


def test_a_module_is_at_most_400_lines():
    """More than that is two modules."""
    lines = {str(f): len((ROOT / f).read_text(encoding="utf-8").splitlines()) for f in FILES}
    assert {file: count for file, count in lines.items() if count > MODULE_LINES} == {}


def test_a_function_is_at_most_60_lines():
    """More than that is two functions."""
    lines = {
        f"{file}:{function.name}": function.end_lineno - function.lineno + 1
        for file in FILES
        for function in functions(parsed(file))
    }
    assert {name: count for name, count in lines.items() if count > FUNCTION_LINES} == {}
    assert len(lines) > 500
