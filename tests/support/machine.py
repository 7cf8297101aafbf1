"""What tests need from the machine: without it they are left out, and in CI they fail.

The one place where a test may be skipped: `tests/rules/test_skips.py`.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest


def program(*names: str) -> str:
    """Path of the first of these programs that is on the PATH."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        missing(f"there is no {' or '.join(names)} on the PATH")
    return found


def mosquitto() -> str:
    """The broker to test with: VRIJPLEK_TEST_MOSQUITTO names another than the one on the PATH."""
    return os.environ.get("VRIJPLEK_TEST_MOSQUITTO") or program("mosquitto")


def beside(path: Path, folder: Path) -> Path:
    """A file or folder of a folder beside the project, which a checkout alone does not have.

    In CI it may be missing only together with that whole folder.
    """
    if path.exists():
        return path
    if folder.exists():
        missing(f"{path.relative_to(folder.parent)} is missing beside the project")
    pytest.skip(f"there is no {folder.name} beside the project")


def extra(*command: str) -> None:
    """Leave the test out, in CI too, where a command that needs more than a package fails."""
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip(f"`{' '.join(command)}` does not work here")


def missing(what: str) -> NoReturn:
    """End the test: a failure in CI, where all that is needed has to be there."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
