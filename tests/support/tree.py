"""The project's own files, for the rules that hold over all of them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "firmware_sim", "ingest", "occupancy", "sensors", "vrijplek")


@cache
def tracked() -> tuple[Path, ...]:
    """All files of the project, relative: those in git, and those that are about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = sorted({name for name in listed.split("\0") if name})
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


@cache
def sources(*folders: str) -> tuple[Path, ...]:
    """Python files in some top folders."""
    return tuple(f for f in tracked() if f.suffix == ".py" and f.parts[0] in folders)


@cache
def parsed(file: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), str(file))


def module_name(file: Path) -> str:
    """The dotted name of a module."""
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    """All modules of our packages by name."""
    return {module_name(file): file for file in sources(*PACKAGES)}


@cache
def imports(name: str) -> frozenset[str]:
    """What a module imports, wherever in it: our modules by name, others as written."""
    found: set[str] = set()
    for node in ast.walk(parsed(modules()[name])):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            whole = {f"{base}.{alias.name}" for alias in node.names}
            inner = whole & modules().keys()
            found |= inner
            if len(inner) < len(whole):
                found.add(base)
    return frozenset(found)
