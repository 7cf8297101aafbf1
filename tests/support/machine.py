"""What tests need from the machine: without it they are left out, and in CI they fail.

The one place where a test may be skipped: `tests/rules/test_skips.py`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[None]:
    """A folder lies on a disk of its own of so many MiB, with what was in it; needs root."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        missing("a small disk can be mounted by root on Linux alone")
    held = {file.name: file.read_bytes() for file in folder.iterdir()}
    options = f"size={mebibytes}m,mode=0700"
    made = subprocess.run(
        [program("mount"), "-t", "tmpfs", "-o", options, "vrijplek-test", str(folder)], check=False
    )
    if made.returncode:
        missing("this machine lets nobody mount a small disk")
    try:
        for name, content in held.items():
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)
        yield
    finally:
        subprocess.run([program("umount"), "--lazy", str(folder)], check=True)
