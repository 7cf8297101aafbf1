"""What was published and is retained at the broker, remembered in the state folder.

Without it what a space left behind would stay there: a broker does not tell whose a topic is.
Source: decision 0023.
"""

from pathlib import Path

import msgspec
import structlog

from vrijplek.private import write_private

log = structlog.get_logger(__name__)
NAME = "published.json"


class Remembered(msgspec.Struct, frozen=True):
    """Topics with something in them, and on which page Home Assistant was told of what."""

    topics: frozenset[str] = frozenset()
    pages: dict[str, dict[str, int]] = {}

    @classmethod
    def read(cls, state: Path) -> "Remembered":
        """What the last service has left; nothing where there was none, or the file is damaged.

        Raises:
            OSError: If it can't be read.
        """
        file = state / NAME
        try:
            return msgspec.json.decode(file.read_bytes(), type=cls)
        except FileNotFoundError:
            return cls()
        except msgspec.DecodeError as error:
            log.warning("it is not known what was published before", file=str(file), why=str(error))
            return cls()

    def with_all_of(self, other: "Remembered") -> "Remembered":
        """Both together; where a component is on two pages, the one of ``other`` counts."""
        floors = self.pages.keys() | other.pages.keys()
        pages = {f: {**self.pages.get(f, {}), **other.pages.get(f, {})} for f in sorted(floors)}
        return Remembered(self.topics | other.topics, pages)

    def save(self, state: Path) -> None:
        """Write it into the state folder, unless it is there already.

        Raises:
            OSError: If it can't be written.
        """
        if self != Remembered.read(state):
            write_private(state / NAME, msgspec.json.encode(self, order="sorted"))
