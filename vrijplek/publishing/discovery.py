"""Discovery: what Home Assistant is told once of each floor, so that it shows our topics.

A floor is one device, told in pages, because brokers may take packets of 16 kB only. Pages of a
floor name the same device, which Home Assistant puts together. A space stays on its page as long as
it is there, for who changes the page is another to Home Assistant, and loses what people set there.

Source: home-assistant.io, "MQTT", device discovery payload; `homeassistant/components/mqtt/
discovery.py`: a component of which only the platform is told is removed.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import msgspec

from occupancy.building import Building
from occupancy.label import Label
from vrijplek import __version__
from vrijplek.publishing.sheet import Sheet

Pages = Mapping[str, Mapping[str, int]]
"""The page of each component, by floor; a component has the id of its space."""
Part = dict[str, object]

ON_A_PAGE = 20
"""Components, of up to 760 bytes with the longest ids and names of 100 letters of two bytes."""
FREE_DESKS = Label("Vrije bureaus", "Free desks")
DESKS = Label("bureaus", "desks")
"""With a unit Home Assistant takes a number for one: its history is a line, not a list of words."""
OCCUPIED = "{{ dict(occupied='ON', away='ON', free='OFF').get((value_json | default({})).state) }}"
"""None, which is unknown in Home Assistant, for what is neither: never OFF, which is free.

By an empty payload, with which a topic is taken back, there is no `value_json`: an error in the log
of a Home Assistant that still listens.
"""
FREE = (
    "{{ value_json.free if value_json is defined and value_json.unknown < value_json.desks"
    " else None }}"
)
"""Where no desk is known there is no count either."""


def paged(sheet: Sheet, before: Pages) -> dict[str, dict[str, int]]:
    """The page of each component of a building.

    Args:
        sheet: What is told of it.
        before: Where they were told until now.
    """
    parts: dict[str, list[str]] = {}
    for space, floor in sheet.floor_of.items():
        # the count of a floor goes by its own id, which no desk or room has
        parts.setdefault(floor, [floor] if floor in sheet.desks else []).append(space)
    return {floor: _spread(inside, before.get(floor, {})) for floor, inside in parts.items()}


def _spread(parts: Sequence[str], before: Mapping[str, int]) -> dict[str, int]:
    """The page of each: the one that it was on, else the first with room."""
    page_of = {part: before[part] for part in parts if part in before}
    full = Counter(page_of.values())
    for part in parts:
        if part not in page_of:
            page_of[part] = next(page for page in count(1) if full[page] < ON_A_PAGE)
            full[page_of[part]] += 1
    return page_of


@dataclass(frozen=True, slots=True)
class Discovery:
    """Makes the payloads of all pages.

    Args:
        building: The site.
        sheet: What is told of it.
        language: Of the names, `nl` or `en`.
    """

    building: Building
    sheet: Sheet
    language: str

    def payloads(self, pages: Pages, before: Pages) -> dict[str, bytes]:
        """The payload of each page by topic, those that take something away first.

        Args:
            pages: Where each component is told.
            before: Where it was told until now: what is gone is taken away there.
        """
        told = list(self._pages(pages, before))
        told.sort(key=lambda page: not page[2])
        return {topic: payload for topic, payload, _ in told}

    def _pages(self, pages: Pages, before: Pages) -> Iterator[tuple[str, bytes, bool]]:
        """Topic, payload and whether it takes anything away."""
        for floor, page_of in pages.items():
            gone = {part: n for part, n in before.get(floor, {}).items() if part not in page_of}
            for page in sorted(set(page_of.values())):
                parts = {part: self._part(part) for part, n in page_of.items() if n == page}
                lost = {part: _removal(part, floor) for part, n in gone.items() if n == page}
                payload = msgspec.json.encode(self._device(floor, {**parts, **lost}))
                yield self.sheet.topics.device(floor, page), payload, bool(lost)

    def _device(self, floor: str, parts: Mapping[str, Part]) -> Part:
        topics = self.sheet.topics
        name = f"{self._name(None)} {self._name(floor)}"
        return {
            "dev": {"ids": [topics.name(floor)], "name": name, "mf": "vrijplek"},
            "o": {"name": "vrijplek", "sw": __version__},
            "availability": [{"topic": topics.service}],
            "cmps": parts,
        }

    def _part(self, part: str) -> Part:
        topics = self.sheet.topics
        if part in self.sheet.floor_of:
            told = {"p": _platform(is_floor=False), "device_class": "occupancy"}
            rest = {"state_topic": topics.state(part), "value_template": OCCUPIED}
            return {**told, "name": self._name(part), "unique_id": topics.name(part), **rest}
        # no `state_class`: with it Home Assistant would keep statistics of small counts for good
        return {
            "p": _platform(is_floor=True),
            "name": FREE_DESKS.said(self.language),
            "unique_id": topics.name(part),
            "state_topic": topics.free(part),
            "value_template": FREE,
            "unit_of_measurement": DESKS.said(self.language),
        }

    def _name(self, space: str | None) -> str:
        label = self.building.name if space is None else self.building.space(space).name
        return label.said(self.language)


def _platform(*, is_floor: bool) -> str:
    return "sensor" if is_floor else "binary_sensor"


def _removal(part: str, floor: str) -> Part:
    return {"p": _platform(is_floor=part == floor)}
