"""Texts: every sentence of the pages, one catalogue file per language.

Owns the choice of words by key. Knows no page and no request.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from occupancy.label import LANGUAGES

FOLDER = Path(__file__).parent / "texts"
FOR_SCRIPTS = (
    "state.",
    "live.",
    "floor.counts",
    "finder.",
    "me.js.",
    "screen.js.",
    "desks.count",
    "calibrate.js.",
    "devices.js.",
)
"""Beginnings of the keys that scripts need; a page carries them along."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language."""

    language: str
    catalogue: Mapping[str, str]

    def said(self, key: str, **facts: object) -> str:
        """The sentence of a key with its facts filled in.

        With a fact named ``n`` that is 1, the key with ``.one`` behind it is used where it exists.

        >>> texts("en").said("desks.count", n=1), texts("en").said("desks.count", n=3)
        ('1 place found', '3 places found')
        """
        single = f"{key}.one"
        chosen = single if facts.get("n") == 1 and single in self.catalogue else key
        return self.catalogue[chosen].format(**facts)

    def for_scripts(self) -> dict[str, str]:
        """The part of the catalogue that scripts need."""
        return {key: text for key, text in self.catalogue.items() if key.startswith(FOR_SCRIPTS)}


@cache
def texts(language: str) -> Texts:
    """The sentences in one of `LANGUAGES`."""
    if language not in LANGUAGES:
        msg = f"{language!r} is not a language of the pages; expected one of {LANGUAGES}"
        raise ValueError(msg)
    return Texts(language, json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")))
