"""Faults of all kinds by chance, two at once at most: whatever comes together breaks no promise."""

import pytest
from faults.acts import kinds
from faults.nemesis import endure
from faults.promises import assert_kept
from faults.schedule import schedule
from support.house import until

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]
SHORT_S, LONG_S = 20.0, 120.0
DRAINED_S = 120.0


def test_the_same_seed_gives_the_same_schedule():
    """And another seed another one; none strikes one victim twice at a time."""
    known = kinds(with_store=True)
    first, again, other = (schedule(seed, 300, known) for seed in (1, 1, 2))
    assert first == again != other
    assert {strike.fault for seed in range(9) for strike in schedule(seed, 300, known)} == set(
        known
    )
    for strike in first:
        going = [s for s in first if s is not strike and s.at_s <= strike.at_s <= s.end_s]
        assert len(going) <= 1
        assert known[strike.fault].victim not in {known[s.fault].victim for s in going}


def test_a_nemesis_for_a_short_while(stand):
    """Service, broker, network, database and boards, as the lot falls."""
    stand.start_ready()
    nemesis = endure(stand, schedule(stand.seed, SHORT_S, kinds(with_store=False)))
    assert_kept(stand, times=nemesis.done.total())


@pytest.mark.thorough
def test_a_nemesis_that_strikes_the_store_of_history_too(shipping_stand):
    """For two minutes; afterwards both stores hold the same."""
    stand = shipping_stand
    stand.start_ready()
    nemesis = endure(stand, schedule(stand.seed, LONG_S, kinds(with_store=True)))
    assert_kept(stand, times=nemesis.done.total())
    for talker in stand.talkers:
        talker.is_mute = True
    until(lambda: stand.is_shipped, "nothing waits", DRAINED_S)
    stand.kill()
    assert stand.is_same_in_influx(), stand.keep_logs()
