"""What channels say over time."""

import numpy as np
import pytest
from support.office import OFFICE, START_MS

from occupancy.belief import Belief
from occupancy.rates import DEFAULT_RATES, MOTION, PRESENCE, Rates, default_habits
from occupancy.watch import HALF_LIFE_S, MOST_NATS, OFF, ON, SILENT, Watch, kept
from sensors.reading import Contact, Count, Motion, Presence


class Seer:
    """A watch of the small office whose boards have just been heard, with a belief."""

    def __init__(self, learned=lambda _sensor, _space: None):
        self.watch = Watch(OFFICE, learned)
        self.belief = Belief([default_habits(s.kind) for s in OFFICE.spaces])
        for board in OFFICE.board:
            self.watch.liveness.hear(board, START_MS)

    def see(self, reading, now_ms=None, explained=None):
        """Weigh a reading, now unless told otherwise; ids of the spaces it is about."""
        at_ms = reading.event_ms if now_ms is None else now_ms
        spaces = self.watch.observe(reading, at_ms, self.belief, explained)
        return [OFFICE.spaces[i].id for i in spaces]

    def wait(self, seconds, now_ms=START_MS):
        """Let time pass at once; the clock that boards live by stands still."""
        self.watch.advance(seconds, self.watch.alive(now_ms), self.belief)
        return self.watch.alive(now_ms)

    def chance(self, space):
        """That somebody is there."""
        return float(self.belief.occupied[OFFICE.index[space]])

    def said(self, name):
        """What each pair of a channel has said."""
        return [float(self.watch.said[pair]) for pair in self.watch.pairs_of_sensor[name]]

    def level(self, name):
        """The level of the first pair of a channel."""
        return int(self.watch.level[self.watch.pairs_of_sensor[name][0]])


@pytest.fixture
def seer():
    """With the rates that are assumed."""
    return Seer()


def test_doors_levels_and_scanners_have_no_pair():
    """What says nothing of itself sees no space, until calibration tells what it is worth."""
    assert set(Watch(OFFICE).sensors) == {
        "d1/pir-1", "d1/pir-2", "d2/radar", "d2/pir", "d2/door-pir",
        "r1/pir", "r1/gate", "master/motion", "master/radar",
    }  # fmt: skip


def test_evidence_halves_in_its_half_life():
    """After one half-life half is left, after two a quarter."""
    assert kept(60, 60) == pytest.approx(0.5)
    assert kept(120, 60) == pytest.approx(0.25)


def test_evidence_from_the_future_is_whole():
    """A negative age does not make evidence stronger."""
    assert kept(-5, 60) == 1.0


@pytest.mark.parametrize("half_life_s", [0.0, -1.0])
def test_a_half_life_is_positive(half_life_s):
    """A half-life of nothing is refused, with what was found."""
    with pytest.raises(ValueError, match=f"positive, found {half_life_s}"):
        kept(1.0, half_life_s)


def test_a_trigger_speaks_for_every_space_it_sees_by_weight(seer):
    """A PIR that sees a desk only half says less there."""
    assert seer.see(Motion("d2/pir", START_MS, True)) == ["desk-3", "desk-4"]
    whole, half = seer.said("d2/pir")
    assert whole > half > 0
    assert seer.chance("desk-3") > seer.chance("desk-4")


def test_an_unknown_channel_is_about_nothing(seer):
    """A reading of a channel that the building file no longer has changes nothing."""
    before = seer.belief.p.copy()
    assert seer.see(Motion("d9/pir", START_MS, True)) == []
    assert (seer.belief.p == before).all()


@pytest.mark.parametrize(
    ("reading", "level", "sign"),
    [
        (Motion("r1/pir", START_MS, True), ON, 1),
        (Presence("d2/radar", START_MS, True), ON, 1),
        (Presence("d2/radar", START_MS, False), OFF, -1),
        (Count("r1/gate", START_MS, 2), ON, 1),
        (Count("r1/gate", START_MS, 0), OFF, -1),
    ],
)
def test_each_reading_speaks_its_way(seer, reading, level, sign):
    """Level and direction follow from what was said."""
    [space, *_] = seer.see(reading)
    moved = seer.chance(space) - Seer().chance(space)
    assert seer.level(reading.sensor) == level
    assert np.sign(round(seer.said(reading.sensor)[0], 9)) == sign
    assert np.sign(round(moved, 9)) == sign


@pytest.mark.parametrize("is_open", [True, False])
def test_a_door_says_nothing_by_itself(seer, is_open):
    """Until calibration tells what it is worth, it is about no space."""
    assert seer.see(Contact("d1/door", START_MS, is_open)) == []


def test_the_first_off_of_a_pir_is_no_end(seer):
    """After a start nobody knows whether it was ever on, so it says nothing of who is there."""
    before = seer.belief.p.copy()
    seer.see(Motion("r1/pir", START_MS, False))
    assert (seer.belief.p == before).all()
    assert seer.level("r1/pir") == OFF


def test_what_was_said_is_bounded(seer):
    """However often a PIR triggers, it is told to have said so much at most."""
    for second in range(30):
        seer.see(Motion("r1/pir", START_MS + second, True))
    assert seer.said("r1/pir") == [MOST_NATS]


def test_what_a_device_holds_counts_once(seer):
    """Presence told again is no news."""
    seer.see(Presence("d2/radar", START_MS, True))
    before = seer.belief.p.copy()
    seer.see(Presence("d2/radar", START_MS + 1, True))
    assert (seer.belief.p == before).all()


def test_a_late_trigger_counts_by_its_age(seer):
    """A reading one half-life late says half of what a new one does."""
    late, new = Seer(), Seer()
    new.see(Motion("r1/pir", START_MS, True))
    late.see(Motion("r1/pir", START_MS, True), now_ms=START_MS + int(HALF_LIFE_S * 1000))
    assert 0 < late.said("r1/pir")[0] < new.said("r1/pir")[0]
    assert late.chance("room-a") < new.chance("room-a")


@pytest.mark.parametrize(
    ("newest", "late"),
    [
        (Presence("d2/radar", START_MS, False), Presence("d2/radar", START_MS - 9_000, True)),
        (Count("r1/gate", START_MS, 0), Count("r1/gate", START_MS - 9_000, 4)),
    ],
)
def test_a_late_word_does_not_overrule_a_later_one(seer, newest, late):
    """What happened last stays, whatever comes in last."""
    seer.see(newest)
    before = seer.belief.p.copy()
    seer.see(late, now_ms=START_MS)
    assert (seer.belief.p == before).all()
    assert seer.level(newest.sensor) == OFF


def test_a_late_edge_keeps_the_later_level(seer):
    """A PIR that is off stays off when an older trigger comes in, whose evidence counts."""
    seer.see(Motion("r1/pir", START_MS, False))
    before = seer.chance("room-a")
    seer.see(Motion("r1/pir", START_MS - 9_000, True), now_ms=START_MS)
    assert seer.level("r1/pir") == OFF
    assert seer.chance("room-a") > before


def test_a_late_trigger_behind_which_all_was_still_is_worth_nothing(seer):
    """Stillness that is known already has spoken."""
    seer.see(Motion("r1/pir", START_MS, False))
    before = seer.belief.p.copy()
    seer.see(Motion("r1/pir", START_MS - 1_800_000, True), now_ms=START_MS)
    assert seer.belief.p == pytest.approx(before)


def test_stillness_speaks_against(seer):
    """A living PIR that is off argues more and more for free, and says so within bounds."""
    seer.see(Motion("r1/pir", START_MS, False))
    chances = [seer.chance("room-a")]
    for _ in range(5):
        seer.wait(60.0)
        chances.append(seer.chance("room-a"))
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 0.1
    assert -MOST_NATS <= seer.said("r1/pir")[0] < 0


def test_a_still_desk_is_believed_longer_than_a_still_room(seer):
    """One person may sit still where several seldom do."""
    for name in ("r1/pir", "d1/pir-1"):
        seer.see(Motion(name, START_MS, True))
        seer.see(Motion(name, START_MS + 1, False))
    seer.wait(150.0)
    assert seer.chance("desk-1") > seer.chance("room-a")


def test_lasting_motion_speaks_for(seer):
    """A PIR that stays on longer than it would by itself argues for somebody moving."""
    deaf = Seer()
    for each in (seer, deaf):
        each.see(Motion("r1/pir", START_MS, True))
    deaf.watch.liveness.lose("r1")
    for each in (seer, deaf):
        each.wait(60.0)
    assert seer.chance("room-a") > deaf.chance("room-a")


def test_what_a_living_radar_holds_does_not_fade(seer):
    """It says somebody until it says otherwise."""
    seer.see(Presence("d2/radar", START_MS, True))
    seer.wait(4 * 3600.0)
    assert seer.chance("desk-3") > 0.95


def test_what_a_dead_board_said_fades(seer):
    """The silence of a dead PIR is no stillness, and its old word is worth less and less."""
    seer.see(Motion("r1/pir", START_MS, True))
    seer.see(Motion("r1/pir", START_MS + 1, False))
    before = seer.said("r1/pir")[0]
    seer.watch.liveness.lose("r1")
    seer.wait(HALF_LIFE_S, START_MS + 1_000)
    assert seer.said("r1/pir") == [pytest.approx(before / 2)]


def test_motion_that_a_badge_explains_says_less(seer):
    """A tag in the room moves too, so a trigger is no proof of anybody else."""
    explained = np.zeros(len(OFFICE.spaces))
    explained[OFFICE.index["room-a"]] = 0.99
    alone = Seer()
    alone.see(Motion("r1/pir", START_MS, True))
    seer.see(Motion("r1/pir", START_MS, True), explained=explained)
    assert seer.chance("room-a") < alone.chance("room-a")
    assert seer.said("r1/pir")[0] < alone.said("r1/pir")[0]


def test_learned_rates_replace_those_that_are_assumed():
    """A PIR that calibration found blind says nothing; others are as before."""
    blind = Rates((0.01,) * 3, (0.1,) * 3)
    learned = {("r1/pir", "room-a"): blind}
    seer = Seer(lambda sensor, space: learned.get((sensor, space)))
    before = seer.chance("room-a")
    seer.see(Motion("r1/pir", START_MS, True))
    assert seer.chance("room-a") == pytest.approx(before)
    seer.see(Motion("d2/door-pir", START_MS, True))
    assert seer.chance("room-a") > before


def test_a_sampled_channel_speaks_each_time():
    """One that tells its level again and again says as much each time, and is no stillness."""
    sampled = Rates(PRESENCE.start_per_s, PRESENCE.end_per_s, on_chance=(0.1, 0.9, 0.6))
    seer = Seer(lambda sensor, _space: sampled if sensor == "d2/radar" else None)
    chances = []
    for second in range(3):
        seer.see(Presence("d2/radar", START_MS + 1_000 * second, True))
        chances.append(seer.chance("desk-3"))
    assert chances[0] < chances[1] < chances[2]
    seer.see(Presence("d2/radar", START_MS + 3_000, False))
    assert seer.chance("desk-3") < chances[2]
    by_pair, _ = seer.watch.hush(seer.watch.alive(START_MS))
    assert by_pair[:, seer.watch.pairs_of_sensor["d2/radar"][0]].tolist() == [0.0, 0.0]


def test_a_channel_that_repeats_may_start_while_on():
    """That it does not start again is then a hush as well."""
    again = Rates(MOTION.start_per_s, MOTION.start_per_s, repeats=True)
    once = Rates(MOTION.start_per_s, MOTION.start_per_s)
    hushes = []
    for rates in (again, once):
        seer = Seer(lambda _sensor, _space, rates=rates: rates)
        seer.see(Motion("r1/pir", START_MS, True))
        _, by_space = seer.watch.hush(seer.watch.alive(START_MS))
        hushes.append(by_space[0, OFFICE.index["room-a"]])
    assert hushes[0] == pytest.approx(2 * hushes[1])


def test_dead_boards_hush_nothing(seer):
    """Only living channels say something by saying nothing."""
    seer.see(Motion("r1/pir", START_MS, False))
    living = seer.watch.hush(seer.watch.alive(START_MS))[1]
    assert living[:, OFFICE.index["room-a"]].max() < 0
    dead = seer.watch.hush(np.zeros(len(seer.watch.sensors), dtype=bool))[1]
    assert not dead.any()


def test_alive_are_pairs_of_living_boards_that_told_their_level(seer):
    """A board that lives but never told a level does not make its spaces known."""
    seer.see(Motion("r1/pir", START_MS, True))
    alive = seer.watch.alive(START_MS)
    assert [seer.watch.sensors[i] for i in alive.nonzero()[0]] == ["r1/pir"]
    assert (seer.watch.level == SILENT).sum() == len(seer.watch.sensors) - 1


def test_every_kind_that_is_on_or_off_has_rates():
    """None is forgotten, and all rates are above zero."""
    for rates in DEFAULT_RATES.values():
        assert min(*rates.start_per_s, *rates.end_per_s) > 0


@pytest.mark.parametrize(("silent_ms", "alive"), [(75_000, True), (75_001, False)])
def test_a_board_lives_for_two_and_a_half_beats(seer, silent_ms, alive):
    """At 2.5 times 30 s it still lives, a millisecond later it does not."""
    seer.see(Motion("r1/pir", START_MS, True))
    assert seer.watch.alive(START_MS + silent_ms).any() == alive


def test_a_board_chooses_its_own_beat(seer):
    """A heartbeat tells when the next one is due, whatever the building file says."""
    seer.watch.liveness.beat("r1", 100.0)
    living = seer.watch.liveness.alive(START_MS + 249_000)
    assert [board for board, i in seer.watch.liveness.index.items() if living[i]] == ["r1"]


def test_a_goodbye_ends_at_the_next_word(seer):
    """A board is gone from its goodbye until it is heard again."""
    live = seer.watch.liveness
    index = live.index["r1"]
    live.lose("r1")
    assert not live.alive(START_MS)[index]
    live.hear("r1", START_MS + 1)
    assert live.alive(START_MS + 1)[index]


def test_a_board_was_last_heard_when_it_was_heard_latest(seer):
    """A message with an earlier time does not make a board look silent."""
    live = seer.watch.liveness
    live.hear("r1", START_MS + 60_000)
    live.hear("r1", START_MS + 1_000)
    assert live.heard_ms[live.index["r1"]] == START_MS + 60_000


def test_a_board_that_left_the_building_file_is_ignored(seer):
    """Folding an old journal with a new building file is no error."""
    live = seer.watch.liveness
    live.hear("gone", START_MS)
    live.beat("gone", 30.0)
    live.lose("gone")
    assert "gone" not in live.index
