"""How YAML files that people write are read, and what is said of them."""

from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import Field

from vrijplek.yamlfile import Problem, Shape, read_yaml, validate, wanted


class Broker(Shape):
    """Where the broker is."""

    host: str
    """Name or address."""
    port: Annotated[int, Field(ge=1, le=65535)] = 1883


class Service(Shape):
    """Settings of a service."""

    refused: ClassVar = {"password": "none here: a file of its own"}

    broker: Broker
    hours: Broker | Literal["always"] = "always"
    tags: tuple[str, ...] = ()


@pytest.fixture
def read(tmp_path):
    """The document in a text or in bytes."""

    def of(content):
        path = tmp_path / "service.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_yaml(path)

    return of


def told(problems):
    """Problems without their file."""
    return [(p.line, p.column, p.path, p.found, p.expected) for p in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("07:00", "07:00"),
        ("2026-11-23", "2026-11-23"),
        ("007", "007"),
        ("0x1f", "0x1f"),
        ("12", 12),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("'true'", "true"),
        ("~", None),
        ("", None),
        (".inf", ".inf"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(read, text, value):
    """Only numbers, true, false and null are no texts."""
    found = read(f"key: {text}\n").value["key"]
    assert (found, type(found)) == (value, type(value))


def test_marks_know_keys_and_values(read):
    """Every value and every key has its line and column."""
    marks = read("broker:\n  host: here\n  ports: [1, 2]\n").marks
    assert marks.keys["broker", "ports"] == (3, 3)
    assert marks.values["broker", "ports", 1] == (3, 14)


def test_a_right_document_becomes_its_model(read):
    """Lists become tuples, defaults are filled in."""
    service = validate(read("broker: {host: here}\ntags: [a, b]\n"), Service)
    assert service == Service(broker=Broker(host="here"), tags=("a", "b"))


def test_everything_wrong_with_a_document_comes_at_once(read):
    """Each wrong value of nested models is told with its own line."""
    text = "broker:\n  hots: here\n  port: 70000\nhours: 12\ntags: a\npassword: x\n"
    problems = validate(read(text), Service)
    assert told(problems)[:3] == [
        (2, 3, "broker.host", "nothing", "`host`: Name or address"),
        (3, 9, "broker.port", "`70000`", "a number of 65535 or less"),
        (2, 3, "broker.hots", "`hots`", "`host`, perhaps? The keys here are host, port"),
    ]
    assert (5, 7, "tags", "`a`", "a list") in told(problems)
    assert (6, 1, "password", "`password`", "none here: a file of its own") in told(problems)


def test_the_names_of_models_are_no_part_of_a_path(read):
    """A value that may have one of two shapes is told by the keys of the file alone."""
    problems = validate(read("broker: {host: a}\nhours: {hst: b}\n"), Service)
    assert (2, 9, "hours.hst", "`hst`", "`host`, perhaps? The keys here are host, port") in told(
        problems
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", (3, 1, "a", "`a` again, first on line 1", "each key once")),
        ("a: {b: 1,\n    b: [2]}\n", (2, 5, "a.b", "`b` again, first on line 1", "each key once")),
        ("a: &x [1]\nb: *x\n", (2, 4, "b", "the alias `*x`", "each value written out")),
        ("a: !!python/name:os.system\n", (1, 4, "a", "the tag `!!python/name:os.system`", "a plain value")),  # noqa: E501
        ("a: 1\n2: b\n", (2, 1, "", "`2` as a key", "a text as the key")),
        ("a: 1\n? [x]\n: b\n", (2, 3, "", "no plain text as a key", "a text as the key")),
        ("a: 1\n---\nb: 2\n", (2, 1, "", "a second document (`---`)", "one document")),
        ("a:\n\tb: 1\n", (2, 1, "", "a tab", "spaces: YAML is indented by them")),
        ("[" * 60 + "]" * 60, (1, 51, "", "deep nesting", "at most 50 levels")),
        (b"a: 1\nb: \xff\n", (2, None, "", "the byte 0xff", "UTF-8 text")),
        ("a: 1\nb: \x07\n", (2, None, "", "a character that YAML forbids", "valid YAML")),
    ],
)  # fmt: skip
def test_mistakes_in_the_yaml_itself(read, text, problem):
    """Each is told once, at its place, and never raised."""
    assert told(read(text).problems) == [problem]


def test_two_tabs_are_two_problems(read):
    """Every tab is told, though the parser stops at the first."""
    assert [p.line for p in read("a:\n\tb: 1\nc:\n\td: 1\n").problems] == [2, 4]


def test_what_stands_beside_a_mistake_is_kept(read):
    """The rest of a file is read on, so that its other mistakes are told too."""
    assert read("a: 1\n2: {b: [1, 2]}\nc: 3\na: {x: [4]}\nd: 5\n").value == {"a": 1, "c": 3, "d": 5}


def test_a_byte_order_mark_is_no_part_of_the_first_key(read):
    """Editors on Windows write one."""
    assert read(b"\xef\xbb\xbfa: 1\n").value == {"a": 1}


def test_a_number_too_large_is_refused(read):
    """A float that overflows does not become infinite."""

    class Length(Shape):
        metres: float

    (problem,) = validate(read("metres: 1e999\n"), Length)
    assert problem.expected == "a finite number"


def test_a_validator_says_what_it_wanted():
    """`wanted` gives an error in the words of the validator."""
    assert wanted("a city").message() == "a city"


def test_a_problem_is_one_line(tmp_path):
    """As editors and CI read it: file, line, column, path, found, expected."""
    problem = Problem(tmp_path / "a.yaml", 3, None, "", "a tab", "spaces")
    assert str(problem) == f"{tmp_path / 'a.yaml'}:3: found a tab, expected spaces"
