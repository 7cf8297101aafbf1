"""Publishing: which topics and payloads a building and its states come to."""

import dataclasses
import json

import jinja2
import pytest
from support.office import OFFICE, START_MS

from occupancy.building import Building
from occupancy.label import Label
from occupancy.space import Kind, Space
from occupancy.state import State
from occupancy.view import Status
from vrijplek.publishing.assembly import in_turn
from vrijplek.publishing.discovery import ON_A_PAGE, Discovery, paged
from vrijplek.publishing.remembered import Remembered
from vrijplek.publishing.sheet import Sheet
from vrijplek.publishing.topics import Topics

DESKS = tuple(f"desk-{number}" for number in range(1, 5))
PACKET_BYTES = 16_384
"""More than that, and the broker of mosquitto.conf ends the connection."""
HEADER_BYTES = 16
"""Of a packet, beside topic and payload, at most."""


def status(space, state, since_ms=START_MS):
    """What is known of a space."""
    return Status(space, state, since_ms, 0.5)


def sheet_of(building=OFFICE):
    """The sheet of a building."""
    return Sheet(building, Topics(building.site))


def told(*statuses, spaces=None):
    """What is said of spaces, as values by the end of their topics."""
    known = {one.space: one for one in statuses}
    found = sheet_of().payloads(known if spaces is None else spaces, known)
    return {topic.removeprefix("vrijplek/v1/hq/"): json.loads(p) for topic, p in found.items()}


def without(*gone, building=OFFICE):
    """A building from which some spaces have gone."""
    spaces = tuple(space for space in building.spaces if space.id not in gone)
    return dataclasses.replace(building, spaces=spaces, sensors=())


def large(desks, *, first=0, length=1):
    """A floor with many desks, whose ids and names may be long."""
    site, floor, name = "s" * length, "f" * length, Label.of("É" * 100)
    around = (
        Space("b", Kind.BUILDING, name),
        Space(floor, Kind.FLOOR, name, "b", level=0, z_m=(0.0, 3.0)),
    )
    made = [
        Space(f"{n:04d}".ljust(length, "x"), Kind.DESK, name, floor) for n in range(first, desks)
    ]
    return Building(site, name, "Europe/Amsterdam", (*around, *made))


def payloads(building, before=None, language="en"):
    """What Home Assistant is told of a building, by topic, and on which pages."""
    sheet = sheet_of(building)
    pages = paged(sheet, before or {})
    return Discovery(building, sheet, language).payloads(pages, before or {}), pages


def discovered(building, before=None, language="en"):
    """The same as values."""
    found, pages = payloads(building, before, language)
    return {topic: json.loads(payload) for topic, payload in found.items()}, pages


class TestStates:
    """What is said of desks and rooms."""

    @pytest.mark.parametrize("state", State)
    def test_a_state_is_told_with_the_moment_since_which_it_holds(self, state):
        """In RFC 3339, UTC; nothing else, and above all no reason."""
        found = told(status("room-a", state))

        assert found == {
            "spaces/room-a/state": {"state": state.value, "since": "2026-11-23T10:00:00Z"}
        }

    def test_what_was_never_known_is_unknown_since_no_moment(self):
        """Also where the live view has nothing at all."""
        assert told(spaces=["room-b"]) == {
            "spaces/room-b/state": {"state": "unknown", "since": None}
        }

    def test_the_desks_of_a_floor_are_counted_with_each_change(self):
        """Who is away for a moment keeps the desk; what is not known is neither free nor taken."""
        states = (State.FREE, State.OCCUPIED, State.AWAY)
        found = told(*map(status, DESKS, states))

        assert found["floors/floor-0/free"] == {"free": 1, "occupied": 2, "unknown": 1, "desks": 4}

    def test_rooms_are_no_desks(self):
        """They are told, and not counted."""
        assert set(told(status("room-a", State.FREE))) == {"spaces/room-a/state"}

    def test_every_topic_is_listed(self):
        """What is remembered as published is all that may be."""
        sheet = sheet_of()

        assert set(sheet.everything()) == set(sheet.payloads(sheet.floor_of, {}))
        assert len(sheet.everything()) == 7


class TestDiscovery:
    """What Home Assistant is told."""

    def test_a_floor_is_one_device_with_its_desks_its_rooms_and_their_count(self):
        """Each component has what device discovery asks for."""
        [(topic, device)] = discovered(OFFICE)[0].items()

        assert topic == "homeassistant/device/vrijplek_hq_floor-0/config"
        assert device["dev"]["ids"] == ["vrijplek_hq_floor-0"]
        assert device["o"]["name"] == "vrijplek"
        assert device["availability"] == [{"topic": "vrijplek/v1/hq/service"}]
        assert set(device["cmps"]) == {"floor-0", "room-a", "room-b", *DESKS}
        assert (
            device["cmps"]["room-a"].items()
            >= {
                "p": "binary_sensor",
                "device_class": "occupancy",
                "name": "Den",
                "unique_id": "vrijplek_hq_room-a",
                "state_topic": "vrijplek/v1/hq/spaces/room-a/state",
            }.items()
        )
        assert (
            device["cmps"]["floor-0"].items()
            >= {
                "p": "sensor",
                "unique_id": "vrijplek_hq_floor-0",
                "state_topic": "vrijplek/v1/hq/floors/floor-0/free",
            }.items()
        )

    def test_nothing_but_ids_names_and_topics_goes_out(self):
        """No board, no sensor, no scanner: neither who is heard nor by what."""
        text = json.dumps(discovered(OFFICE)[0])

        assert not [sensor.id for sensor in OFFICE.sensors if sensor.id in text]

    @pytest.mark.parametrize(
        ("state", "shown"),
        [("free", "OFF"), ("occupied", "ON"), ("away", "ON"), ("unknown", "None"), ("new", "None")],
    )
    def test_unknown_is_never_shown_as_free(self, state, shown):
        """Home Assistant takes `None` for unknown, and only what is surely free is off."""
        [device] = discovered(OFFICE)[0].values()
        template = jinja2.Template(device["cmps"]["desk-1"]["value_template"])

        assert template.render(value_json={"state": state}) == shown

    @pytest.mark.parametrize(
        ("free", "unknown", "shown"), [(0, 0, "0"), (3, 1, "3"), (0, 3, "0"), (0, 4, "None")]
    )
    def test_a_floor_of_which_nothing_is_known_has_no_count(self, free, unknown, shown):
        """None free is another thing than none known."""
        [device] = discovered(OFFICE)[0].values()
        template = jinja2.Template(device["cmps"]["floor-0"]["value_template"])

        assert template.render(value_json={"free": free, "unknown": unknown, "desks": 4}) == shown

    @pytest.mark.parametrize("part", ["desk-1", "floor-0"])
    def test_a_topic_that_is_taken_back_is_unknown_and_no_error(self, part):
        """Home Assistant gives the template of an empty payload no value at all."""
        [device] = discovered(OFFICE)[0].values()

        assert jinja2.Template(device["cmps"][part]["value_template"]).render() == "None"

    @pytest.mark.parametrize(("language", "unit"), [("nl", "bureaus"), ("en", "desks")])
    def test_a_count_is_a_number_because_it_has_a_unit(self, language, unit):
        """Without one Home Assistant takes it for a word."""
        [device] = discovered(OFFICE, language=language)[0].values()

        assert device["cmps"]["floor-0"]["unit_of_measurement"] == unit

    def test_home_assistant_keeps_no_statistics_of_small_counts(self):
        """That it would do for good, where a sensor has a state class."""
        [device] = discovered(OFFICE)[0].values()

        assert "state_class" not in device["cmps"]["floor-0"]

    def test_a_space_that_is_gone_is_taken_away_by_its_platform_alone(self):
        """As Home Assistant wants it; the others stay as they are."""
        before_it, pages = discovered(OFFICE)
        [after] = discovered(without("desk-2"), pages)[0].values()
        [before] = before_it.values()

        assert after["cmps"].pop("desk-2") == {"p": "binary_sensor"}
        assert before["cmps"].pop("desk-2") != {"p": "binary_sensor"}
        assert after["cmps"] == before["cmps"]

    def test_the_count_of_a_floor_without_desks_is_taken_away(self):
        """It was a sensor."""
        _, pages = discovered(OFFICE)
        [after] = discovered(without(*DESKS), pages)[0].values()

        assert after["cmps"]["floor-0"] == {"p": "sensor"}

    def test_a_large_floor_is_told_in_pages(self):
        """All of the same device."""
        found, _ = discovered(large(200))

        assert {page["dev"]["ids"][0] for page in found.values()} == {"vrijplek_s_f"}
        assert sum(len(page["cmps"]) for page in found.values()) == 201
        assert list(found)[:2] == [
            "homeassistant/device/vrijplek_s_f/config",
            "homeassistant/device/vrijplek_s_f_P2/config",
        ]

    def test_a_page_is_no_more_than_the_broker_takes(self):
        """With the longest ids of all, and names whose letters are of two bytes."""
        found, _ = payloads(large(200, length=64))

        assert all(
            len(topic) + len(page) + HEADER_BYTES < PACKET_BYTES for topic, page in found.items()
        )

    def test_who_is_told_stays_on_its_page(self):
        """A desk that goes leaves room, which the next that comes takes."""
        many = ON_A_PAGE * 3
        _, before = discovered(large(many))
        _, between = discovered(large(many, first=1), before)
        _, after = discovered(large(many + 1, first=1), between)

        assert before["f"].items() - between["f"].items() == {("0000", 1)}
        assert after["f"].items() - between["f"].items() == {(f"{many:04d}", 1)}

    def test_a_page_that_takes_something_away_comes_first(self):
        """A desk that goes to another floor has to go before it comes."""
        _, before = discovered(large(99))
        after, _ = discovered(large(98), before)

        assert {"p": "binary_sensor"} in next(iter(after.values()))["cmps"].values()

    def test_removed_devices_come_before_and_emptied_states_after_the_others(self):
        """Whoever moves is gone first, and nobody listens any more to what is emptied."""
        device, gone, state = "homeassistant/device/g/config", "other/device/f/config", "a/b/state"

        assert in_turn({state, gone}, {device: b"{}"}) == {gone: b"", device: b"{}", state: b""}
        assert list(in_turn({state, gone}, {device: b"{}"})) == [gone, device, state]

    def test_no_two_floors_have_the_same_topic(self):
        """Dots, which this level may not hold, and pages are written as no id is."""
        floors = ("f.1", "f_1", "f-1", "f__1", "f1", "f_p2", "f.dot1")
        made = {Topics("hq").device(floor, page) for floor in floors for page in (1, 2)}

        assert len(made) == 2 * len(floors)
        assert not any("." in topic for topic in made)


class TestRemembered:
    """What was published before."""

    def test_it_comes_back_as_it_was(self, tmp_path):
        """For the owner alone."""
        kept = Remembered(frozenset({"a", "b"}), {"f": {"d": 1}})
        kept.save(tmp_path)

        assert Remembered.read(tmp_path) == kept
        assert (tmp_path / "published.json").stat().st_mode & 0o777 == 0o600

    def test_without_a_file_nothing_was_published(self, tmp_path):
        """The first start."""
        assert Remembered.read(tmp_path) == Remembered()

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"topics": [1]}'])
    def test_a_damaged_file_holds_nothing_up(self, tmp_path, content):
        """It is written anew."""
        (tmp_path / "published.json").write_bytes(content)

        assert Remembered.read(tmp_path) == Remembered()

    def test_both_together_have_the_topics_and_pages_of_both(self):
        """Where a component has moved, the newer page counts."""
        old = Remembered(frozenset({"a"}), {"f": {"d": 1, "e": 1}, "g": {"x": 1}})
        new = Remembered(frozenset({"b"}), {"f": {"d": 2}})

        assert old.with_all_of(new) == Remembered(
            frozenset({"a", "b"}), {"f": {"d": 2, "e": 1}, "g": {"x": 1}}
        )

    def test_what_is_there_already_is_not_written_again(self, tmp_path):
        """So that a start with the same building writes nothing."""
        kept = Remembered(frozenset({"a"}))
        kept.save(tmp_path)
        before = (tmp_path / "published.json").stat().st_ino
        kept.save(tmp_path)

        assert (tmp_path / "published.json").stat().st_ino == before
