"""Modules and functions stay small."""

import ast

import pytest
from support.tree import PACKAGES, ROOT, parsed, sources

MODULE_LINES = 400
FUNCTION_LINES = 60
FILES = sources(*PACKAGES, "tests")


def functions(tree):
    """All functions and methods of a file."""
    return [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_module_is_at_most_400_lines(file):
    """More than that is two modules."""
    assert len((ROOT / file).read_text(encoding="utf-8").splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_function_is_at_most_60_lines(file):
    """More than that is two functions."""
    long = {
        f"{function.name} ({function.end_lineno - function.lineno + 1} lines)"
        for function in functions(parsed(file))
        if function.end_lineno - function.lineno + 1 > FUNCTION_LINES
    }
    assert long == set()
