"""The generic names of the packages are ours and nobody else's."""

import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.tree import PACKAGES, ROOT, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_all_packages_lie_in_one_folder():
    """None of them is found somewhere else on the path."""
    folders = {Path(find_spec(package).origin).parents[1].resolve() for package in PACKAGES}
    assert folders == {ROOT.resolve()}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_owns_the_name(package):
    """Another installed package of this name would be imported in its place."""
    assert set(packages_distributions().get(package, [])) <= {"vrijplek"}


def test_the_wheel_holds_all_packages_and_no_other():
    """Packages are listed one by one."""
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(PACKAGES)
    assert PROJECT["tool"]["mypy"]["packages"] == list(PACKAGES)


def test_every_folder_with_code_is_a_package():
    """No folder below a package lacks its `__init__.py`."""
    folders = {file.parent for file in modules().values()}
    assert {f for f in folders if not (ROOT / f / "__init__.py").is_file()} == set()


def test_tests_are_no_package():
    """There is no `__init__.py` under tests, and no folder there is named like a package."""
    inside = list((ROOT / "tests").rglob("__init__.py"))
    names = {folder.name for folder in (ROOT / "tests").iterdir() if folder.is_dir()}
    assert inside == []
    assert names & set(PACKAGES) == set()
