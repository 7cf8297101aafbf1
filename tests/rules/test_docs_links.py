"""Links in the docs lead somewhere, and what they name exists."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BROWSER_SCHEMES = ("http://", "https://", "mailto:")


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return CODE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {word.strip().replace(" ", "-") for word in words}


def is_dead(page: Path, link: str) -> bool:
    """Whether a link of a page leads nowhere in the project."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return True
    return bool(anchor) and anchor not in anchors(target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    """Every link to a file or heading of the project finds it."""
    links = [x for x in LINK.findall(prose(page)) if not x.startswith(BROWSER_SCHEMES)]

    assert [link for link in links if is_dead(page, link)] == []


def functions_in(file: Path) -> set[str]:
    """The tests in a file, those of a class with its name before them."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{part.name}" for part in node.body if hasattr(part, "name")}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_tests_and_files_that_are_named_exist(page):
    """A test or a file of the code that a page names is there."""
    named = re.findall(
        r"`((?:tests|api|ingest|occupancy|sensors|vrijplek(?!/v1)|deploy)/[^`\s]*)`", prose(page)
    )
    missing = []
    for name in named:
        path, _, test = name.partition("::")
        file = ROOT / path
        if not file.exists() or (test and test not in functions_in(file)):
            missing.append(name)

    assert missing == []


def test_the_index_lists_every_page():
    """docs/README.md has a link to each page, decisions included."""
    links = {link.partition("#")[0] for link in LINK.findall(prose(DOCS / "README.md"))}
    pages = {str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md")} - {"README.md"}

    assert pages <= links


def test_the_index_has_the_titles_of_the_decisions():
    """Numbers and titles in the index are those of the pages, in order and without a hole."""
    index = re.findall(
        r"^\| \[(\d{4})\]\(decisions/(\S+)\) \| (.+) \|$",
        (DOCS / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    pages = sorted((DOCS / "decisions").glob("*.md"))

    assert [file for _, file, _ in index] == [page.name for page in pages]
    for place, (number, file, title) in enumerate(index, 1):
        assert number == file[:4] == f"{place:04d}"
        first = (DOCS / "decisions" / file).read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# {number} {title}"


def test_decisions_that_the_code_names_exist():
    """Wherever the code says "decision 0003", there is such a page."""
    numbers = {page.name[:4] for page in (DOCS / "decisions").glob("*.md")}
    named = {
        number
        for package in ("api", "firmware_sim", "ingest", "occupancy", "sensors", "vrijplek")
        for file in (ROOT / package).rglob("*.py")
        for number in re.findall(r"decisions?[ /](\d{4})", file.read_text(encoding="utf-8"))
    }

    assert named
    assert named <= numbers


def test_every_library_has_a_reason():
    """Decision 0009 names each library that is installed with the software."""
    words = (DOCS / "decisions" / "0009-libraries.md").read_text(encoding="utf-8").lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w-]+", line)[0].lower() for line in project["dependencies"]]

    assert [name for name in names if re.sub("2$", "", name) not in words] == []
