"""The report on calibration: how well places are told, and where one more scanner would help."""

from dataclasses import replace

import numpy as np
import pytest
from support.office import OFFICE, START_MS

from occupancy.calibration import PSEUDONYM, Heard, Moved, Visit, Walk, faults, recording_of
from occupancy.learning.advice import Pair, best_place, has_scanner
from occupancy.learning.report import DRIFTED_DB, ENOUGH_S, Verdict, report_on, with_drifts
from occupancy.learning.told_apart import folds
from occupancy.learning.windows import windows_of
from occupancy.placement import SensorKind

APART = {
    "zone-n": {"s1/ble": -18.0, "r1/ble": -30.0},
    "room-a": {"s1/ble": -28.0, "r1/ble": -15.0, "master/ble": -26.0},
    "room-b": {"r1/ble": -26.0, "master/ble": -14.0},
}
ALIKE = APART | {"room-b": APART["room-a"]}
ONE_SCANNER = replace(
    OFFICE,
    sensors=tuple(
        s for s in OFFICE.sensors if s.kind is not SensorKind.SCANNER or s.id == "s1/ble"
    ),
)


def walk(sounds, number=0, stay_s=90, seed=1, every_s=1):
    """A walk through places that sound so; the noise is drawn with the seed."""
    rng = np.random.default_rng([seed, number])
    at_ms = START_MS + number * 86_400_000
    begin_ms, visits, heard = at_ms, [], []
    for place, strengths in sounds.items():
        visits.append(Visit(place, at_ms, at_ms + stay_s * 1000))
        for second in range(0, stay_s, every_s):
            heard += [
                Heard(scanner, at_ms, at_ms + second * 1000 + 200, mean + rng.normal(0, 3))
                for scanner, mean in strengths.items()
            ]
        at_ms += stay_s * 1000 + 10_000
    return Walk(f"w{number}", begin_ms, at_ms, tuple(visits), tuple(heard))


def told(building, *walks):
    return report_on(building, [recording_of(one, building) for one in walks])


def verdicts(report):
    return {place.place: place.verdict for place in report.places}


@pytest.mark.parametrize("walks", [1, 2, 3])
def test_places_that_sound_apart_are_good(walks):
    """With any number of walks; nothing is confused and no scanner is asked for."""
    report = told(OFFICE, *(walk(APART, number) for number in range(walks)))
    assert set(verdicts(report).values()) == {Verdict.GOOD}
    assert report.accuracy == 1.0
    assert report.windows == walks * 3 * 18
    assert report.most_confused is None
    assert report.suggestion is None


def test_places_that_sound_alike_are_confused():
    """They are the most confused pair, hardly apart; the third place stays good."""
    report = told(OFFICE, walk(ALIKE), walk(ALIKE, 1))
    assert verdicts(report) == {
        "zone-n": Verdict.GOOD,
        "room-a": Verdict.POOR,
        "room-b": Verdict.POOR,
    }
    worst = report.most_confused
    assert (worst.one, worst.other) == ("room-a", "room-b")
    assert 0.3 < worst.part < 0.7
    assert worst.gap_db < 3.0
    by_place = {place.place: place for place in report.places}
    assert (by_place["room-a"].nearest, by_place["room-a"].confused_with) == ("room-b", "room-b")
    assert by_place["zone-n"].gap_db > 10.0


def test_each_window_is_judged_once():
    """Rows of the confusion add up to what was recorded."""
    report = told(OFFICE, walk(ALIKE), walk(APART, 1))
    assert [sum(row) for row in report.confusion] == [36, 36, 36]
    assert report.columns == ("room-a", "room-b", "zone-n")


def test_a_walk_on_another_day_is_more_honest_than_the_same_stay():
    """Where a room sounds other the next day, one walk says good and two say poor."""
    moved = APART | {"room-a": APART["room-b"], "room-b": APART["room-a"]}
    assert set(verdicts(told(OFFICE, walk(APART))).values()) == {Verdict.GOOD}
    both = verdicts(told(OFFICE, walk(APART), walk(moved, 1)))
    assert (both["room-a"], both["room-b"]) == (Verdict.POOR, Verdict.POOR)


def test_folds_leave_out_walks_then_stays_then_halves():
    """By how often a place was recorded; a place of one walk stays a rival of the others."""
    first, second = walk(APART, stay_s=20), walk({"room-a": APART["room-a"]}, 1, stay_s=20)
    windows = windows_of([recording_of(one, OFFICE) for one in (first, second)])
    found = list(folds(windows))
    tested = np.sum([tests for tests, _ in found], axis=0)
    assert tested.tolist() == [1] * len(windows.place)
    assert all(not (tests & learned).any() for tests, learned in found)
    room_a = windows.places.index("room-a")
    for tests, learned in found[:2]:
        assert set(windows.place[tests]) == {room_a}
        assert len(set(windows.walk[tests])) == 1
        assert set(windows.place[learned]) == {0, 1, 2}


def test_too_little_is_not_judged():
    """Less than a minute says nothing, nor does a minute in which no scanner heard the tag."""
    short = {place: APART[place] for place in ("zone-n", "room-a")}
    report = told(OFFICE, walk(short, stay_s=int(ENOUGH_S) - 5))
    assert verdicts(report)["room-a"] is Verdict.SHORT
    assert verdicts(report)["room-b"] is Verdict.NONE
    silent = told(OFFICE, walk({"room-a": {}}))
    (place,) = (one for one in silent.places if one.place == "room-a")
    assert (place.verdict, place.seconds, place.stays) == (Verdict.SHORT, 0.0, 1)
    assert (silent.accuracy, silent.windows) == (None, 0)


def test_nothing_recorded_is_a_report_too():
    """Every place is there, with nothing told."""
    report = told(OFFICE)
    assert verdicts(report) == dict.fromkeys(("zone-n", "room-a", "room-b"), Verdict.NONE)
    assert (report.walks, report.confusion) == (0, ())


def test_a_scanner_is_asked_for_where_it_tells_the_pair_apart():
    """One scanner in the zone hears both rooms alike; the advice is one of these rooms."""
    alike = {"zone-n": {"s1/ble": -15.0}, "room-a": {"s1/ble": -30.0}, "room-b": {"s1/ble": -30.0}}
    report = told(ONE_SCANNER, walk(alike), walk(alike, 1))
    assert report.suggestion.place in {"room-a", "room-b"}
    assert report.suggestion.gain_db > 5.0


def test_where_every_place_has_a_scanner_none_is_asked_for():
    """Nor for a pair that matters nothing, or one that is no more in the plan."""
    assert all(has_scanner(OFFICE, OFFICE.space(place)) for place in APART)
    assert best_place(OFFICE, [Pair("room-a", "room-b", 1.0, 0.5)]) is None
    assert best_place(ONE_SCANNER, [Pair("room-a", "room-b", 1.0, 0.0)]) is None
    assert best_place(ONE_SCANNER, [Pair("room-a", "room-z", 1.0, 0.5)]) is None
    assert not has_scanner(ONE_SCANNER, OFFICE.space("room-b"))


def test_the_same_walks_give_the_same_report():
    """Nothing is drawn by chance."""
    assert told(OFFICE, walk(ALIKE)) == told(OFFICE, walk(ALIKE))


def test_a_recording_names_no_tag_and_leaves_out_what_is_gone():
    """Places and sensors that the building has no more are dropped, the rest keeps its order."""
    made = Walk(
        "w",
        START_MS,
        START_MS + 9_000,
        (Visit("room-a", START_MS, START_MS + 4_000), Visit("gone", START_MS, START_MS + 9_000)),
        (Heard("r1/ble", START_MS, START_MS + 300, -9.0), Heard("x/ble", START_MS, START_MS, -9.0)),
        (
            Moved("r1/pir", START_MS, START_MS + 100, True),
            Moved("r1/ble", START_MS, START_MS, True),
        ),
    )
    recording = recording_of(made, OFFICE)
    assert [e.readings[0].sensor for e in recording.entries] == ["r1/pir", "r1/ble"]
    assert recording.tags == (PSEUDONYM,)
    assert [stay.place for stay in recording.stays] == ["room-a"]
    heard_db = recording.strengths(PSEUDONYM, {"r1/ble": 0})
    assert np.nanmax(heard_db) == pytest.approx(-9.0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": ""}, "found no id"),
        ({"visits": ()}, "found no stay"),
        ({"end_ms": START_MS - 1}, "ends before it begins"),
        ({"visits": (Visit("room-a", START_MS - 1, START_MS),)}, "is not within the walk"),
        ({"heard": (Heard("r1/ble", 10**17, 0, -9.0),)}, "beyond the year 9999"),
    ],
)
def test_a_wrong_walk_of_a_file_is_found_out(wrong, said):
    """Each thing that is wrong with it is said."""
    good = walk(APART)
    fields = {name: getattr(good, name) for name in Walk.__struct_fields__}
    assert list(faults(good)) == []
    assert any(said in fault for fault in faults(Walk(**fields | wrong)))


def test_drift_is_told_worst_first_and_much_of_it_asks_for_a_walk():
    """To a tenth of a dB."""
    bare = report_on(OFFICE, [])
    assert (bare.drifts, bare.walk_again) == ((), False)
    little = with_drifts(bare, {"a/ble": 1.04, "b/ble": -2.0})
    assert [(one.scanner, one.louder_db) for one in little.drifts] == [
        ("b/ble", -2.0),
        ("a/ble", 1.0),
    ]
    assert not little.walk_again
    assert with_drifts(bare, {"a/ble": -DRIFTED_DB}).walk_again
