"""Reading YAML: from a file's bytes to a `Document`, with all that is wrong with the YAML.

Knows bytes, tabs and what the parser gives up on; what values mean is `vrijplek.yamlfile.walk`'s
business.
"""

import re
from functools import partial
from pathlib import Path

import yaml

from vrijplek.yamlfile.document import Document, Marks
from vrijplek.yamlfile.problem import Problem
from vrijplek.yamlfile.walk import MAX_DEPTH, TooDeepError, Walk


def read_yaml(path: Path) -> Document:
    """The content of a YAML file with its marks; mistakes in the YAML are in `problems`.

    Raises:
        OSError: If the file can't be read at all.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{raw[error.start]:02x}"
        return Document(path, problems=(Problem(path, line, None, "", found, "UTF-8 text"),))
    tabs = _tabs(path, text)
    try:
        walk = Walk(path, text)
    except yaml.YAMLError as error:
        broken = _syntax(path, text, error)
        known = {problem.line for problem in tabs}
        return Document(path, problems=tabs if broken.line in known else (*tabs, broken))
    return Document(path, walk.content, (*tabs, *walk.problems), partial(_marks, path, text))


def _marks(path: Path, text: str) -> Marks:
    marks = Marks()
    Walk(path, text, marks)
    return marks


def _tabs(path: Path, text: str) -> tuple[Problem, ...]:
    """A problem for each line that is indented with a tab."""
    return tuple(
        Problem(path, number, line.index("\t") + 1, "", "a tab", "spaces: YAML is indented by them")
        for number, line in enumerate(text.splitlines(), 1)
        if "\t" in line and re.match(r" *\t+\s*\S", line)
    )


def _syntax(path: Path, text: str, error: yaml.YAMLError) -> Problem:
    """The one mistake at which the YAML parser gave up."""
    if isinstance(error, TooDeepError):
        return Problem(path, *error.mark, "", "deep nesting", f"at most {MAX_DEPTH} levels")
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
        begun = f" {error.context}" if error.context else ""
        return Problem(path, line, column, "", f"{error.problem}{begun}", "valid YAML")
    at = getattr(error, "position", 0) or 0
    line = text.count("\n", 0, at) + 1
    return Problem(path, line, None, "", "a character that YAML forbids", "valid YAML")
