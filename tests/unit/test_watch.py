"""What channels contribute over time."""

import pytest
from support.office import OFFICE, START_MS

from occupancy.likelihood import Likelihood
from occupancy.space import Kind
from occupancy.watch import OFF, ON, SILENT, Watch
from sensors.reading import Count, Motion, Presence

WORTH = Likelihood()


@pytest.fixture
def watch():
    """A watch of the small office whose boards have just been heard."""
    made = Watch(OFFICE, WORTH)
    for board in OFFICE.board:
        made.liveness.hear(board, START_MS)
    return made


def said(watch, name):
    """What each pair of a channel contributes."""
    return [float(watch.belief.said[pair]) for pair in watch.pairs_of_sensor[name]]


def see(watch, reading, now_ms=None):
    """Weigh a reading, now unless told otherwise; ids of the spaces it is about."""
    spaces = watch.observe(reading, reading.event_ms if now_ms is None else now_ms)
    return [OFFICE.spaces[i].id for i in spaces]


def test_only_channels_that_tell_of_occupancy_are_watched(watch):
    """Doors, levels and scanners have no pair."""
    assert set(watch.sensors) == {
        "d1/pir-1", "d1/pir-2", "d2/radar", "d2/pir", "d2/door-pir",
        "r1/pir", "r1/gate", "master/motion", "master/radar",
    }  # fmt: skip


def test_a_trigger_speaks_for_every_space_it_sees_by_weight(watch):
    """A PIR that sees a desk only half contributes half there."""
    assert see(watch, Motion("d2/pir", START_MS, True)) == ["desk-3", "desk-4"]
    assert said(watch, "d2/pir") == [WORTH.trigger_nats, 0.5 * WORTH.trigger_nats]


def test_an_unknown_channel_is_about_nothing(watch):
    """A reading of a channel that the building file no longer has changes nothing."""
    assert see(watch, Motion("d9/pir", START_MS, True)) == []


@pytest.mark.parametrize(
    ("reading", "level", "nats"),
    [
        (Motion("r1/pir", START_MS, True), ON, WORTH.trigger_nats),
        (Motion("r1/pir", START_MS, False), OFF, 0.0),
        (Presence("d2/radar", START_MS, True), ON, WORTH.present_nats),
        (Presence("d2/radar", START_MS, False), OFF, WORTH.absent_nats),
        (Count("r1/gate", START_MS, 2), ON, WORTH.count_nats),
        (Count("r1/gate", START_MS, 0), OFF, -WORTH.count_nats),
    ],
)
def test_each_reading_is_worth_its_nats(watch, reading, level, nats):
    """Level and contribution follow from what was said."""
    see(watch, reading)
    pair = watch.pairs_of_sensor[reading.sensor][0]
    assert (watch.level[pair], watch.belief.said[pair]) == (level, nats)


def test_triggers_add_up_to_the_ceiling(watch):
    """However often a PIR triggers, leaving can still be noticed."""
    for second in range(9):
        see(watch, Motion("r1/pir", START_MS + second, True))
    assert said(watch, "r1/pir") == [WORTH.ceiling_nats]


def test_what_a_device_holds_replaces_what_it_said_before(watch):
    """Presence does not add up: only its last word counts."""
    see(watch, Presence("d2/radar", START_MS, True))
    see(watch, Presence("d2/radar", START_MS + 1, True))
    assert said(watch, "d2/radar") == [WORTH.present_nats]


def test_a_late_trigger_counts_by_its_age(watch):
    """A reading one half-life late is worth half."""
    half_life_ms = int(WORTH.half_life_s * 1000)
    see(watch, Motion("r1/pir", START_MS, True), now_ms=START_MS + half_life_ms)
    assert said(watch, "r1/pir") == [pytest.approx(WORTH.trigger_nats / 2)]


@pytest.mark.parametrize(
    ("newest", "late"),
    [
        (Presence("d2/radar", START_MS, False), Presence("d2/radar", START_MS - 9_000, True)),
        (Count("r1/gate", START_MS, 0), Count("r1/gate", START_MS - 9_000, 4)),
    ],
)
def test_a_late_word_does_not_overrule_a_later_one(watch, newest, late):
    """What happened last stays, whatever comes in last."""
    see(watch, newest)
    before = said(watch, newest.sensor)
    see(watch, late, now_ms=START_MS)
    assert said(watch, newest.sensor) == before


def test_a_late_edge_keeps_the_later_level(watch):
    """A PIR that is off stays off when an older trigger comes in, whose evidence counts."""
    see(watch, Motion("r1/pir", START_MS, False))
    see(watch, Motion("r1/pir", START_MS - 9_000, True), now_ms=START_MS)
    pair = watch.pairs_of_sensor["r1/pir"][0]
    assert watch.level[pair] == OFF
    assert watch.belief.said[pair] > 0


def test_stillness_speaks_against_down_to_a_floor(watch):
    """A living PIR that is off argues more and more for free, and not without end."""
    see(watch, Motion("r1/pir", START_MS, False))
    watch.advance(10.0, START_MS)
    assert said(watch, "r1/pir") == [pytest.approx(-10 * WORTH.still_of(Kind.ROOM))]
    watch.advance(10_000.0, START_MS)
    assert said(watch, "r1/pir") == [WORTH.floor_nats]


def test_a_still_desk_is_believed_longer_than_a_still_room(watch):
    """One person may sit still where several seldom do."""
    for sensor in ("r1/pir", "d1/pir-1"):
        see(watch, Motion(sensor, START_MS, False))
    watch.advance(10.0, START_MS)
    assert said(watch, "d1/pir-1") == [pytest.approx(-10 * WORTH.still_of(Kind.DESK))]
    assert said(watch, "r1/pir") < said(watch, "d1/pir-1")


def test_lasting_motion_speaks_for_up_to_a_ceiling(watch):
    """A PIR that stays on argues more and more for occupied, and not without end."""
    see(watch, Motion("r1/pir", START_MS, True))
    watch.advance(5.0, START_MS)
    assert said(watch, "r1/pir") == [pytest.approx(WORTH.trigger_nats + 5 * WORTH.on_nats_per_s)]
    watch.advance(10_000.0, START_MS)
    assert said(watch, "r1/pir") == [WORTH.ceiling_nats]


def test_what_a_living_device_holds_does_not_fade(watch):
    """A radar that says somebody says so until it says otherwise."""
    see(watch, Presence("d2/radar", START_MS, True))
    watch.advance(20.0, START_MS + 20_000)
    assert said(watch, "d2/radar") == [WORTH.present_nats]


def test_what_a_dead_board_said_fades(watch):
    """The silence of a dead PIR is no stillness, and its old word is worth less and less."""
    see(watch, Motion("r1/pir", START_MS, True))
    see(watch, Motion("r1/pir", START_MS + 1, False))
    watch.liveness.lose("r1")
    watch.advance(WORTH.half_life_s, START_MS + 1_000)
    assert said(watch, "r1/pir") == [pytest.approx(WORTH.trigger_nats / 2)]


def test_alive_are_pairs_of_living_boards_that_told_their_level(watch):
    """A board that lives but never told a level does not make its spaces known."""
    see(watch, Motion("r1/pir", START_MS, True))
    assert [watch.sensors[i] for i in watch.alive(START_MS).nonzero()[0]] == ["r1/pir"]
    assert (watch.level == SILENT).sum() == len(watch.sensors) - 1


@pytest.mark.parametrize(("silent_ms", "alive"), [(75_000, True), (75_001, False)])
def test_a_board_lives_for_two_and_a_half_beats(watch, silent_ms, alive):
    """At 2.5 times 30 s it still lives, a millisecond later it does not."""
    see(watch, Motion("r1/pir", START_MS, True))
    assert watch.alive(START_MS + silent_ms).any() == alive


def test_a_board_chooses_its_own_beat(watch):
    """A heartbeat tells when the next one is due, whatever the building file says."""
    watch.liveness.beat("r1", 100.0)
    living = watch.liveness.alive(START_MS + 249_000)
    assert [board for board, i in watch.liveness.index.items() if living[i]] == ["r1"]


def test_a_goodbye_ends_at_the_next_word(watch):
    """A board is gone from its goodbye until it is heard again."""
    index = watch.liveness.index["r1"]
    watch.liveness.lose("r1")
    assert not watch.liveness.alive(START_MS)[index]
    watch.liveness.hear("r1", START_MS + 1)
    assert watch.liveness.alive(START_MS + 1)[index]


def test_a_board_was_last_heard_when_it_was_heard_latest(watch):
    """A message with an earlier time does not make a board look silent."""
    watch.liveness.hear("r1", START_MS + 60_000)
    watch.liveness.hear("r1", START_MS + 1_000)
    assert watch.liveness.heard_ms[watch.liveness.index["r1"]] == START_MS + 60_000


def test_a_board_that_left_the_building_file_is_ignored(watch):
    """Folding an old journal with a new building file is no error."""
    watch.liveness.hear("gone", START_MS)
    watch.liveness.beat("gone", 30.0)
    watch.liveness.lose("gone")
    assert "gone" not in watch.liveness.index
