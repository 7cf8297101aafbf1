"""Walk: once through a YAML text, from the parser's events to values, marks and problems.

Events need a tenth of the memory of the parser's nodes. Scalars follow the core schema of YAML 1.2,
so that `no` is a text and `07:00` not a number of seconds. Aliases and tags are refused: a file of
settings or desks needs none.
"""

import re
from pathlib import Path

import yaml

from vrijplek.yamlfile.document import Mark, Marks, Place, Scalar, Value, spelled
from vrijplek.yamlfile.problem import Problem

MAX_DEPTH = 50
"""Levels of nesting; more is an accident or an attack."""
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?")
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _plain(text: str) -> Scalar:
    """What an unquoted scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


class TooDeepError(yaml.YAMLError):
    """More levels than any such file needs."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        super().__init__(f"line {mark[0]}: more than {MAX_DEPTH} levels")


class Walk:
    """Goes through a file once, turning events into values."""

    def __init__(self, path: Path, text: str, marks: Marks | None = None) -> None:
        self._path = path
        self._marks = marks
        self._loader = _Loader(text)
        self.problems: list[Problem] = []
        self.content = self._document()

    def _next(self) -> yaml.Event:
        event: yaml.Event = self._loader.get_event()  # type: ignore[no-untyped-call]
        return event

    def _document(self) -> Value:
        self._next()  # the stream begins
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        content = self._value(self._next(), ())
        self._next()  # the document ends
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(after, (), "a second document (`---`)", "one document")
            while not isinstance(after, yaml.StreamEndEvent):
                after = self._next()
        return content

    def _value(self, event: yaml.Event, place: Place) -> Value:
        """The value that begins with an event, and all below it."""
        if self._marks is not None:
            self._marks.values[place] = _mark(event)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, place, f"the alias `*{event.anchor}`", "each value written out")
            return None
        tag: str | None = getattr(event, "tag", None)
        if tag is not None:
            short = tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(event, place, f"the tag `{short}`", "a plain value")
        if isinstance(event, yaml.ScalarEvent):
            text: str = event.value
            return _plain(text) if event.implicit[0] else text
        if len(place) >= MAX_DEPTH:
            raise TooDeepError(_mark(event))
        is_list = isinstance(event, yaml.SequenceStartEvent)
        return self._list(place) if is_list else self._mapping(place)

    def _list(self, place: Place) -> Value:
        found: list[Value] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, (*place, len(found))))
        return found

    def _mapping(self, place: Place) -> Value:
        found: dict[str, Value] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, place)
            if key in lines:
                again = f"`{key}` again, first on line {lines[key]}"
                self._refuse(event, (*place, key), again, "each key once")
            if key is None or key in lines:
                self._skip(self._next())
                continue
            here, mark = (*place, key), _mark(event)
            if self._marks is not None:
                self._marks.keys[here] = mark
            lines[key] = mark[0]
            found[key] = self._value(self._next(), here)
        return found

    def _key(self, event: yaml.Event, place: Place) -> str | None:
        """The text that stands as a key; None for anything else, which is refused."""
        if isinstance(event, yaml.ScalarEvent):
            text: str = event.value
            if event.tag is None and (not event.implicit[0] or isinstance(_plain(text), str)):
                return text
            self._refuse(event, place, f"`{text}` as a key", "a text as the key")
            return None
        self._refuse(event, place, "no plain text as a key", "a text as the key")
        self._skip(event)
        return None

    def _skip(self, event: yaml.Event) -> None:
        """Leaves out the value that an event begins."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            event = self._next()
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)

    def _refuse(self, event: yaml.Event, place: Place, found: str, expected: str) -> None:
        line, column = _mark(event)
        self.problems.append(Problem(self._path, line, column, spelled(place), found, expected))


def _mark(event: yaml.Event) -> Mark:
    start = event.start_mark
    return (start.line + 1, start.column + 1) if start is not None else (1, 1)
