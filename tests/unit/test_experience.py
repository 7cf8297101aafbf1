"""What a stream of unlabelled days teaches."""

import numpy as np
import pytest
from support.fold import Believer
from support.mmpp import lived, log_likelihood
from support.office import BOARDS, OFFICE

from occupancy.belief import Belief
from occupancy.experience import BIN_S, Experience
from occupancy.learned import Learned
from occupancy.meters import Meters
from occupancy.rates import DESK, MOTION, Habits, Rates
from occupancy.schooling import Schooling
from occupancy.voices import Voices
from occupancy.watch import OFF, ON, SILENT, Watch
from sensors.reading import Motion

TRUE = Rates((1.5 / 3600, 1 / 30, 1 / 500), (1 / 10, 1 / 10, 1 / 10))
BUSY = Habits(1 / 2400, 1 / 400, 1 / 60, 1 / 150)


@pytest.fixture
def school():
    """Of the small office, nothing heard yet."""
    watch = Watch(OFFICE)
    watch.level[:] = OFF
    habits = [DESK for _ in OFFICE.spaces]
    return Schooling(OFFICE, Learned(), watch, Belief(habits))


def study(school, seen, pair):
    """Have one channel live through some bins; of the others nothing is heard."""
    alive = np.zeros(len(school.watch.sensors), dtype=bool)
    alive[pair] = True
    for starts, ends, off_s, on_s in zip(
        seen.starts[:, 0], seen.ends[:, 0], seen.start_s[:, 0], seen.on_s[:, 0], strict=True
    ):
        school.experience.counts[:, pair] = starts, off_s, ends, on_s
        school.experience.bin_s = BIN_S
        school.experience.weigh()


def nats_of(school, seen, pair):
    """Log-likelihood of a day under the rates and habits in force."""
    rates = Rates(
        *(tuple(r[pair].tolist()) for r in (school.watch.start_per_s, school.watch.end_per_s))
    )
    habits = Habits(*(float(h[school.watch.space_of[pair]]) for h in school.habits))
    return log_likelihood(rates, habits, seen)


def test_rates_are_recovered_without_labels(school):
    """Beginning with what is assumed, after five days, with a lesson each day."""
    pair = school.watch.pairs_of_sensor["d1/pir-1"][0]
    for day in range(5):
        study(school, lived(BUSY, TRUE, day, labelled=False)[0], pair)
        school.learn()
    nobody, moving, still = school.watch.start_per_s[pair]
    assert nobody == pytest.approx(TRUE.start_per_s[0], rel=0.3)
    assert moving == pytest.approx(TRUE.start_per_s[1], rel=0.3)
    assert nobody < still < moving / 3


def test_a_desk_without_history_learns_from_its_kind(school):
    """Another motion sensor, of which nothing was heard, is assumed to be alike."""
    own, other = (school.watch.pairs_of_sensor[f"d1/pir-{n}"][0] for n in (1, 2))
    radar = school.watch.pairs_of_sensor["d2/radar"][0]
    before = school.watch.start_per_s[radar].copy()
    for day in range(2):
        study(school, lived(BUSY, TRUE, day, labelled=False)[0], own)
    school.learn()
    learned = school.watch.start_per_s[other]
    assert learned[0] == pytest.approx(school.watch.start_per_s[own][0], rel=0.3)
    assert learned[0] > 1.3 * MOTION.start_per_s[0]
    assert school.watch.start_per_s[radar] == pytest.approx(before)


def test_a_hold_of_a_device_says_the_same_of_nobody_and_somebody(school):
    """However long it holds, its end is no sign of anybody: rates of ends stay in proportion."""
    pair = school.watch.pairs_of_sensor["d1/pir-1"][0]
    holds = Rates(TRUE.start_per_s, (1 / 300, 1 / 300, 1 / 300))
    for day in range(2):
        study(school, lived(BUSY, holds, day, labelled=False)[0], pair)
        school.time_holds()
    ends = school.watch.end_per_s[pair]
    assert 1 / ends.mean() == pytest.approx(300, rel=0.3)
    assert ends / ends[0] == pytest.approx(np.array(MOTION.end_per_s) / MOTION.end_per_s[0])


def test_counts_are_of_the_time_that_was_heard(school):
    """A dead board teaches nothing."""
    experience, watch = school.experience, school.watch
    alive = np.zeros(len(watch.sensors), dtype=bool)
    watch.level[0] = ON
    watch.edges[0, 0] = 1.0
    for _ in range(100):
        experience.advance(1.0, alive)
    assert not experience.rates_counted().any()
    assert not watch.edges.any()


def test_all_time_is_counted_once():
    """Expected seconds in the three states add up to the time that passed, fading apart."""
    watch = Watch(OFFICE)
    voices = Voices(Meters(OFFICE, watch.liveness), watch.spaces)
    experience = Experience(watch, Belief([DESK for _ in OFFICE.spaces]), voices)
    alive = np.ones(len(watch.sensors), dtype=bool)
    seen = watch.observed(alive)
    for second in range(600):
        watch.edges[0, 0] = second % 50 == 0
        experience.advance(1.0, alive)
    _, seconds = experience.habits_counted()
    total = seconds[0] + seconds[1] + seconds[3]
    assert total == pytest.approx(600.0 * seen, rel=1e-3)
    assert seen.any()
    assert not seen.all()


def test_a_pause_of_the_service_teaches_nothing():
    """What was counted before a night without the service is what is counted after."""
    office = Believer()
    office.motion("d1/pir-1", on=True)
    office.live(1800, *(board.id for board in BOARDS))
    school = office.estimator.opinion.schooling
    before = school.experience.rates_counted().sum(axis=1)
    office.now_s += 3 * 86_400
    office.motion("d1/pir-1", on=True)
    office.wait(1)
    after = school.experience.rates_counted().sum(axis=1)
    assert after == pytest.approx(before, abs=1e-6)
    assert office.estimator.watch.distrusted() == ()


def test_what_is_learned_explains_another_day_better(school):
    """Than what was assumed."""
    pair = school.watch.pairs_of_sensor["d1/pir-1"][0]
    other, _ = lived(BUSY, TRUE, 99, labelled=False)
    before = nats_of(school, other, pair)
    for day in range(2):
        study(school, lived(BUSY, TRUE, day, labelled=False)[0], pair)
        school.learn()
    assert nats_of(school, other, pair) > before


def test_a_hold_that_was_learned_is_not_held_again(school):
    """After five minutes of hold somebody is less sure to be there than if all were motion."""
    pair = school.watch.pairs_of_sensor["d1/pir-1"][0]
    desk = int(school.watch.space_of[pair])
    holds = Rates(TRUE.start_per_s, (1 / 300, 1 / 300, 1 / 300))

    def after_hold():
        belief = Belief([DESK for _ in OFFICE.spaces])
        watch = school.watch
        watch.level[pair] = OFF
        now_ms = 0
        for at_ms, on in ((1_000, True), (301_000, False)):
            watch.advance((at_ms - now_ms) / 1000, watch.level != SILENT, belief)
            watch.observe(Motion("d1/pir-1", at_ms, on), at_ms, belief)
            now_ms = at_ms
        watch.level_ms[:] = 0
        return belief.occupied[desk]

    as_assumed = after_hold()
    study(school, lived(BUSY, holds, 1, labelled=False)[0], pair)
    school.time_holds()
    assert after_hold() < as_assumed - 0.1


def test_badges_teach_nothing():
    """What is learned of an hour is the same whether a badge was heard in it or not."""
    with_badge, without = Believer(), Believer()
    for minute in range(20):
        for office in (with_badge, without):
            office.motion("r1/pir", on=minute % 7 == 0)
            if office is with_badge:
                office.sight("r1/ble", -60.0)
            office.live(60, *(board.id for board in BOARDS))
    told = [office.estimator.opinion.schooling.experience for office in (with_badge, without)]
    assert len(with_badge.estimator.whereabouts()) == 1
    assert (told[0].of_pair == told[1].of_pair).all()
    assert (told[0].of_space == told[1].of_space).all()
