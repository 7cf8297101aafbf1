"""Learning how spaces are used: what channels did in bins, which sees what, and habits."""

from dataclasses import replace

import numpy as np
import pytest
from support.office import START_MS
from support.site import MOVES_PER_S, ROOMS, STAY_S, walk

from occupancy.learned import Learned, pair_key
from occupancy.learning.bins import BUSY, UNKNOWN, VACANT, binned, switches_in
from occupancy.learning.learn import learn
from occupancy.learning.levels import LEAST_STALE_S, learn_levels
from occupancy.learning.people import unbadged_share
from occupancy.learning.recording import Recording, Use
from occupancy.learning.sight import sees
from occupancy.learning.stacking import LEAST_TRUST
from occupancy.learning.use import learn_use, used_spaces
from sensors.entry import Entry
from sensors.reading import Level, Motion, Presence


def at(second):
    """A time of the recording, ms UTC."""
    return START_MS + 1000 * second


def recorded(*readings, seconds=60, uses=()):
    """A recording of some readings, each received at its own time."""
    said = tuple(Entry("a", reading.event_ms, (reading,)) for reading in readings)
    return Recording(at(0), at(seconds), said, uses=tuple(uses))


@pytest.fixture(scope="module")
def walks():
    """Two walks through the small site."""
    return [walk(seed) for seed in range(2)]


@pytest.fixture(scope="module")
def use(walks):
    """What they taught of its use: rates, habits, exits."""
    return learn_use(walks)


def test_bins_count_starts_ends_and_seconds():
    """Of a channel that is on from second 5 to 25 and told off once more."""
    recording = recorded(
        Motion("a/pir", at(5), True), Motion("a/pir", at(25), False), Motion("a/pir", at(27), False)
    )
    bins = binned(recording, {"a/pir": 0}, {})
    assert bins.starts[:, 0].tolist() == [1, 0, 0, 0, 0, 0, 0]
    assert bins.ends[:, 0].tolist() == [0, 0, 1, 0, 0, 0, 0]
    assert bins.offs[:, 0].tolist() == [0, 0, 2, 0, 0, 0, 0]
    assert bins.on_s[:, 0].tolist() == [5, 10, 5, 0, 0, 0, 0]
    assert (bins.on_s + bins.off_s).sum() == recording.steps


def test_a_trigger_that_repeats_counts_each_time_and_presence_once():
    """Motion told on again is motion again, presence told on again is no news."""
    recording = recorded(
        *(Motion("a/pir", at(s), True) for s in (1, 2, 3)),
        *(Presence("a/radar", at(s), True) for s in (4, 5, 6)),
    )
    bins = binned(recording, {"a/pir": 0, "a/radar": 1}, {})
    assert bins.starts.sum(axis=0).tolist() == [3, 1]


def test_a_bin_is_what_it_was_for_most_of_its_time():
    """Busy, vacant, or unknown where nobody says."""
    uses = [Use("den", at(0), at(16), 2.0), Use("den", at(16), at(30), 0.0)]
    label = binned(recorded(uses=uses), {}, {"den": 0}).label[:, 0]
    assert label.tolist() == [BUSY, BUSY, VACANT, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]


def test_a_channel_that_was_never_on_has_no_column():
    """It cannot be judged."""
    recording = recorded(Motion("b/pir", at(1), True), Motion("a/pir", at(1), False))
    assert switches_in([recording]) == {"b/pir": 0}


def test_each_pir_sees_its_own_room(walks):
    """Where it starts more often while the room is in use, and no other."""
    spaces, channels = used_spaces(walks), switches_in(walks)
    parts = [binned(one, channels, spaces) for one in walks]
    assert sorted(sees(parts)) == [(0, 0), (1, 1), (2, 2)]


def test_a_pir_that_starts_at_random_sees_nothing():
    """A few starts are no proof."""
    uses = [Use("den", at(0), at(600), 1.0), Use("den", at(600), at(1200), 0.0)]
    starts = [Motion("a/pir", at(s), True) for s in (100, 500, 700)]
    recording = recorded(*starts, seconds=1200, uses=uses)
    assert sees([binned(recording, {"a/pir": 0}, {"den": 0})]) == []


def test_a_radar_is_known_by_how_long_it_is_on():
    """One start in all, but on all the while somebody is there."""
    uses = [Use("den", at(0), at(600), 1.0), Use("den", at(600), at(1200), 0.0)]
    on_off = [Presence("a/radar", at(3), True), Presence("a/radar", at(600), False)]
    recording = recorded(*on_off, seconds=1200, uses=uses)
    assert sees([binned(recording, {"a/radar": 0}, {"den": 0})]) == [(0, 0)]


def test_rates_are_learned_by_sensor_and_space(use):
    """Somebody moving starts a PIR about as often as it truly was."""
    rates, habits, _ = use
    assert set(rates) == {
        pair_key("b1/pir", "den"), pair_key("b2/pir", "hall"), pair_key("b3/pir", "heath")
    }  # fmt: skip
    for known in rates.values():
        nobody, moving, still = known.start_per_s
        assert moving > still > nobody
        assert 0.5 * MOVES_PER_S < moving < 2 * MOVES_PER_S
        assert not known.repeats
        assert known.on_chance is None
    assert set(habits) == set(ROOMS)


def test_habits_are_those_of_the_walk(use):
    """Who is in a room leaves after about a minute."""
    _, habits, _ = use
    for how in habits.values():
        staying = 1 + how.settle_per_s / how.stir_per_s
        assert staying / how.leave_per_s == pytest.approx(STAY_S, rel=0.5)


def test_exits_are_the_ways_that_were_walked(use):
    """From den and heath one goes to the hall, and nearly everybody is seen after."""
    _, _, exits = use
    assert exits.spaces == list(ROOMS)
    goes = np.array(exits.goes)
    assert goes.sum(axis=1) == pytest.approx(1.0)
    assert goes[0, 1] > 0.8
    assert goes[2, 1] > 0.8
    assert max(exits.unseen) < 0.2


def test_who_goes_where_nobody_looks_is_unseen():
    """One room by itself has no exits; rooms that empty without another filling lead out."""
    den = [Use("den", at(100 * i), at(100 * (i + 1)), float(i % 2)) for i in range(12)]
    assert learn_use([recorded(uses=den, seconds=1200)])[2] is None
    hall = [Use("hall", at(0), at(1200), 0.0)]
    exits = learn_use([recorded(uses=den + hall, seconds=1200)])[2]
    assert exits.unseen[0] > 0.8


@pytest.mark.parametrize(("repeats", "sampled"), [("on", False), ("both", True)])
def test_a_channel_is_known_by_how_it_talks(repeats, sampled):
    """One that tells on again repeats; one that tells on and off again is sampled."""
    uses = [Use("den", at(0), at(600), 1.0), Use("den", at(600), at(1200), 0.0)]
    said = [Motion("a/pir", at(s), True) for s in range(0, 600, 20)]
    said += [Motion("a/pir", at(600), False)]
    if repeats == "both":
        said += [Motion("a/pir", at(s), False) for s in range(620, 1200, 20)]
    rates, _, _ = learn_use([recorded(*said, seconds=1200, uses=uses)])
    [known] = rates.values()
    assert (known.on_chance is not None) == sampled
    assert known.repeats == (not sampled)
    if sampled:
        assert known.on_chance[1] > known.on_chance[0]


def test_nobody_hides_from_a_sampled_sensor():
    """Labels that count people where all is quiet do not turn a motion sensor round."""
    uses = [Use("den", at(0), at(1200), 0.0), Use("den", at(1200), at(2400), 1.0)]
    said = [Motion("a/pir", at(s), s % 200 < 40) for s in range(0, 1200, 20)]
    said += [Motion("a/pir", at(s), s < 1900) for s in range(1200, 2400, 20)]
    rates, _, _ = learn_use([recorded(*said, seconds=2400, uses=uses)])
    [known] = rates.values()
    nobody, _, still = known.on_chance
    assert still >= nobody > 0.0


def test_a_light_meter_belongs_to_the_room_that_it_tells_of(walks, use):
    """Its room has a model that trusts it, others have none."""
    models = learn_levels(walks, use[0], use[1])
    assert list(models) == ["den"]
    [light] = models["den"].inputs
    assert (light.sensor, light.quantity) == ("b1/lux", "light")
    assert light.weight > 0
    assert models["den"].quantities[0].trust >= LEAST_TRUST
    assert models["den"].stale_s >= LEAST_STALE_S


def test_a_meter_that_follows_nobody_has_no_model(walks, use):
    """Light that is the same all day, and quantities that are not used."""
    dull = [
        replace(
            one,
            entries=tuple(
                Entry("b1", at(s), (Level("b1/lux", at(s), kind, float(s % 7), ""),))
                for s in range(1000)
                for kind in ("light", "temperature")
            ),
        )
        for one in walks
    ]
    assert learn_levels(dull, *use[:2]) == {}


def test_all_is_learned_at_once(walks):
    """Every part that the recordings tell of, and how many people there are."""
    learned = learn(walks)
    assert learned.radio is not None
    assert set(learned.habits) == set(ROOMS)
    assert list(learned.levels) == ["den"]
    assert learned.people == pytest.approx(1.0, abs=0.01)
    assert learned.unbadged < 0.05


def test_people_without_a_badge_are_counted(walks):
    """Two in each room of whom one carries a tag are half; nobody with one, or nobody: all."""
    twice = [
        replace(one, uses=tuple(replace(use, count=2 * use.count) for use in one.uses))
        for one in walks
    ]
    assert unbadged_share(twice) == pytest.approx(0.5, abs=0.02)
    assert unbadged_share([replace(one, stays=()) for one in walks]) == 1.0
    assert unbadged_share([]) == 1.0


def test_parts_that_nobody_tells_of_are_missing():
    """Nothing recorded, nothing learned; a walk without labels of use teaches places alone."""
    assert learn([]) == Learned()
    only_places = learn([replace(walk(), uses=())])
    assert only_places.radio is not None
    assert only_places == Learned(radio=only_places.radio)
