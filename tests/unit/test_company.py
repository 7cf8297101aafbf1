"""How many badges are near some desks, and what that says of them."""

import numpy as np
import pytest
from support.fold import Believer
from support.office import BADGE, BOARDS, OFFICE

from occupancy.company import MOST_NATS, Company
from occupancy.evidence import COMPANY, Evidence

DESKS = [OFFICE.index[f"desk-{n}"] for n in range(1, 5)]
QUIET_S = 600


@pytest.fixture
def office():
    """The small office."""
    return Believer()


def stay(office, seconds, scanner="s1/ble"):
    """A badge is near a scanner for some time, while all boards live."""
    for second in range(seconds):
        if second % 20 == 0:
            office.live(0.5, *(board.id for board in BOARDS))
        office.sight(scanner, -60.0)
        office.wait(1)


def test_desks_of_a_zone_have_company_and_rooms_have_none(office):
    """What is said is said of desks alone."""
    company = office.estimator.opinion.company
    assert company.desks.tolist() == DESKS
    stay(office, 30)
    others = np.delete(np.arange(len(OFFICE.spaces)), DESKS)
    assert not company.nats[others].any()


def test_what_company_says_is_bounded(office):
    """However long badges were near."""
    stay(office, 120)
    assert np.abs(office.estimator.opinion.company.nats).max() <= MOST_NATS


def test_who_leaves_the_zone_has_left_the_desk_where_somebody_moved(office):
    """Without anybody saying whose badge it was."""
    belief = office.estimator.opinion.belief
    stay(office, 120)
    for name in ("d1/pir-1", "d1/pir-2"):
        office.motion(name, on=True)
        office.motion(name, on=False)
    office.live(QUIET_S, "d1", "s1")
    office.motion("d1/pir-1", on=True)
    before = belief.occupied.copy()
    answers = office.estimator.tracker.answers
    answers.left[office.estimator.tracker.places.index["zone-n"]] = 1.0
    office.estimator.opinion.company.leave(belief)
    fell = before - belief.occupied
    assert fell[DESKS[0]] > 0.1
    assert fell[DESKS[0]] > 2 * fell[DESKS[1]]
    assert not office.estimator.tracker.take_left().any()


def test_company_is_told_without_saying_whose(office):
    """Reasons for a desk name badges nearby, in nats, and neither a tag nor a time."""
    desk = OFFICE.index["desk-1"]
    office.estimator.opinion.company.nats[desk] = -0.8
    told = [e for e in office.estimator.explain("desk-1") if e.kind == "company"]
    assert told == [Evidence(COMPANY, "company", -0.8, None)]
    assert BADGE not in repr(office.estimator.explain("desk-1"))


def test_a_building_without_places_has_no_company():
    """No zone, no desk of it, no error."""
    bare = type(OFFICE)(OFFICE.site, OFFICE.name, "UTC", OFFICE.spaces[:2])
    office = Believer(bare)
    office.wait(5)
    assert office.estimator.opinion.company.desks.tolist() == []
    assert isinstance(office.estimator.opinion.company, Company)
