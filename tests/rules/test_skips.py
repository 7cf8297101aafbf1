"""No test is left out in CI because something is not there."""

import ast

from support.tree import parsed, sources

STRICT = {"tests/support/machine.py", "tests/unit/test_machine.py"}
SKIPS = {"skip", "skipif", "importorskip", "SkipTest", "skipTest", "skipUnless", "skipIf"}


def test_tests_are_skipped_in_one_place_only():
    """All that a test may lack goes through `support.machine`, which is strict in CI."""
    found = [
        f"{file}:{node.lineno}"
        for file in sources("tests")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and str(file) not in STRICT
    ]
    assert found == []
