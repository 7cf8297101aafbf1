"""Enrolment at the door: who is a stranger, and when the door is shut."""

from datetime import UTC, datetime

import pytest
from support.office import BADGE, BADGE_ADDRESS, SITE_KEY, STRANGER_ADDRESS

from api.people.person import Visibility
from api.people.store import PeopleStore
from occupancy.working_hours import WorkingHours
from vrijplek import enrolment
from vrijplek.enrolment import Enrolment


def ms(text):
    """A time in ms UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


MONDAY_MS = ms("2026-11-23T10:00")


class Door:
    """An enrolment whose surroundings a test sets, and what it was asked."""

    def __init__(self):
        self.enrolled = {BADGE}
        self.asked = []
        self.open = True
        self.looked = []
        self.enrolment = Enrolment(SITE_KEY, self._is_enrolled, self._open_at)

    def _is_enrolled(self, tag):
        self.asked.append(tag)
        return tag in self.enrolled

    def _open_at(self, at_ms):
        self.looked.append(at_ms)
        return self.open

    def __call__(self, address, event_ms=MONDAY_MS):
        """What becomes of an address."""
        return self.enrolment(address, event_ms)


@pytest.fixture
def door():
    """A door that is open, with one badge enrolled."""
    return Door()


def test_an_enrolled_badge_becomes_its_tag(door):
    """However its address is spelled."""
    assert door(BADGE_ADDRESS) == BADGE
    assert door(BADGE_ADDRESS.upper().replace(":", "-")) == BADGE


def test_a_stranger_is_nobody(door):
    """Nothing is known of whom nobody enrolled, however often they come by."""
    assert [door(STRANGER_ADDRESS) for _ in range(3)] == [None, None, None]


def test_outside_working_hours_nobody_is_asked_about(door):
    """The address of an enrolled badge is dropped unread."""
    door.open = False
    assert door(BADGE_ADDRESS) is None
    assert door.asked == []


def test_hours_are_those_of_the_event(door):
    """A reading of before closing time that comes late still counts, one of after does not."""
    hours = WorkingHours("Europe/Amsterdam")
    door.enrolment = Enrolment(SITE_KEY, lambda _tag: True, hours.open_at)
    assert door(BADGE_ADDRESS, ms("2026-11-23T17:59:59.999")) == BADGE
    assert door(BADGE_ADDRESS, ms("2026-11-23T18:00")) is None
    assert door(BADGE_ADDRESS, ms("2026-11-23T17:59")) == BADGE
    assert door(BADGE_ADDRESS, ms("2026-11-22T12:00")) is None


def test_after_opting_out_a_badge_is_nobody_at_once(door):
    """What was remembered of an address says nothing of who wants to be found."""
    assert door(BADGE_ADDRESS) == BADGE
    door.enrolled.clear()
    assert door(BADGE_ADDRESS) is None


def test_opting_out_in_the_people_store_counts_for_the_next_reading(tmp_path):
    """The choice of a person, through the store, without a wait in between."""
    people = PeopleStore(tmp_path / "people.sqlite")
    ada = people.register.add("Ada", visibility=Visibility(visible=True))
    door = Enrolment(SITE_KEY, people.is_enrolled, lambda _at_ms: True)
    assert door(BADGE_ADDRESS, MONDAY_MS) is None
    people.register.enrol(ada.id, BADGE)
    assert door(BADGE_ADDRESS, MONDAY_MS) == BADGE
    people.register.choose(ada.id, Visibility(visible=False))
    assert door(BADGE_ADDRESS, MONDAY_MS) is None
    people.close()


def test_the_hours_are_looked_up_once_a_minute(door):
    """Thousands of sightings a second need no calendar each."""
    for second in range(60):
        door(BADGE_ADDRESS, MONDAY_MS + second * 1000)
    assert len(door.looked) == 1
    door(BADGE_ADDRESS, MONDAY_MS + 60_000)
    assert len(door.looked) == 2


def test_addresses_that_change_all_the_time_do_not_fill_the_memory(door, monkeypatch):
    """Phones change theirs every quarter of an hour; what is remembered is bounded."""
    monkeypatch.setattr(enrolment, "REMEMBERED", 100)
    for number in range(1_000):
        door(f"c3:00:00:00:{number // 256:02x}:{number % 256:02x}")
        assert len(door.enrolment._tags) <= 100
    assert door(BADGE_ADDRESS) == BADGE
