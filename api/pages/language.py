"""The language of a page: asked for, remembered, or what the browser prefers.

Owns the choice alone. Knows no text.
"""

from collections.abc import Iterator

from occupancy.label import LANGUAGES

COOKIE = "vrijplek_language"
COOKIE_S = 365 * 24 * 3600


def chosen(asked: str | None, remembered: str | None, accepted: str | None) -> str:
    """The language to answer in, Dutch where nothing says otherwise.

    Args:
        asked: Of the address, ``?lang=``.
        remembered: Of the cookie.
        accepted: The header ``Accept-Language``.

    >>> chosen(None, None, "de, en-GB;q=0.8, nl;q=0.5"), chosen("nl", "en", "en")
    ('en', 'nl')
    """
    for language in (asked, remembered, *_preferred(accepted or "")):
        if language in LANGUAGES:
            return str(language)
    return LANGUAGES[0]


def _preferred(header: str) -> Iterator[str]:
    """Languages of an ``Accept-Language`` header without their country, best first."""
    weighed = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.partition(";")
        weighed.append((_weight(quality), tag.strip().lower().split("-")[0]))
    for weight, language in sorted(weighed, key=lambda pair: -pair[0]):
        if weight > 0:
            yield language


def _weight(quality: str) -> float:
    _, _, number = quality.partition("=")
    try:
        return float(number) if number else 1.0
    except ValueError:
        return 0.0
