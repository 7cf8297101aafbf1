"""Health: what is told when something is wrong."""

import pytest
from support.half import Half
from support.office import OFFICE, START_MS

from api.services import Health
from occupancy.estimator import Estimator
from sensors.entry import Entry
from sensors.reading import Heartbeat
from vrijplek.health import ServiceHealth


@pytest.fixture
def half():
    """A listening half that is well."""
    return Half()


@pytest.fixture
def health(half):
    """Its health, with an estimator that is up to date."""
    estimator = Estimator(OFFICE)
    estimator.tick(START_MS)
    return ServiceHealth(half, estimator)


def test_all_is_well(health):
    """Nothing is told then."""
    assert health.troubles() == ()


def test_a_stopped_pipeline_is_told(health, half):
    """Nothing is weighed any more."""
    half.is_running = False
    assert health.troubles() == ("the pipeline has stopped",)


def test_a_lost_broker_is_told(health, half):
    """Nothing is heard any more."""
    half.session.connected = False
    assert health.troubles() == ("no connection to the broker",)


def test_a_broker_that_refuses_a_filter_is_told(health, half):
    """The boards behind it would be missed in silence."""
    half.session.unheard = ("zigbee2mqtt/#",)
    assert health.troubles() == ("the broker refuses to tell us zigbee2mqtt/#",)


def test_a_broker_that_refuses_what_was_announced_is_a_worry(health, half):
    """No trouble: whoever announces something can't keep the service from being ready."""
    half.session.following.unheard = ("somewhere/garden", "b", "c")
    assert health.troubles() == ()
    [worry] = health.worries()
    assert "refuses to tell us somewhere/garden" in worry
    assert "and 2 more" in worry


def test_a_full_disk_is_told(health, half):
    """Nothing is acknowledged until that passes."""
    half.pipeline.patience.trouble = "the disk is full"
    assert health.troubles() == ("the disk is full",)


def test_answers_that_are_old_are_told_with_their_age(health, half):
    """From 15 s on."""
    half.clock.ms += 15_000
    assert health.troubles() == ()
    half.clock.ms += 1_000
    assert health.troubles() == ("answers are 16 s behind",)


def test_a_fast_clock_may_be_further_behind(health, half):
    """What counts is the time that people wait, not that of the service."""
    half.clock.speed = 60.0
    half.clock.ms += 15 * 60_000
    assert health.troubles() == ()
    half.clock.ms += 1_000
    assert health.troubles() == ("answers are 901 s behind",)


def test_before_the_first_step_nothing_is_called_behind(half):
    """An age since 1970 helps nobody."""
    health = ServiceHealth(half, Estimator(OFFICE))
    assert health.troubles() == ("nothing has been weighed yet",)


def test_a_mailbox_that_is_nearly_full_is_told(health, half):
    """Over nine tenths."""
    half.mailbox.waiting = 90
    assert health.troubles() == ()
    half.mailbox.waiting = 91
    assert health.troubles() == ("messages come faster than they are handled",)


def test_several_troubles_are_all_told(health, half):
    """In one answer."""
    half.is_running = half.session.connected = False
    assert len(health.troubles()) == 2


def test_readyz_tells_the_troubles_with_503(make_house, health, half):
    """And 200 once they are over; healthz answers all the while."""
    house = make_house()
    house.services.health.troubles = health.troubles
    assert house.ask("/readyz").status_code == 200
    half.session.connected = False
    half.is_running = False
    answer = house.ask("/readyz")
    assert answer.status_code == 503
    detail = answer.json()["detail"]
    assert detail == "the pipeline has stopped; no connection to the broker"
    assert answer.headers["retry-after"] == "5"
    assert house.ask("/healthz").status_code == 200


class Away:
    """A store of history that is away."""

    def trouble(self):
        """Why."""
        return "connection refused"

    def waiting(self):
        """What the outbox holds."""
        return 41

    def oldest_ms(self):
        """Since when."""
        return START_MS

    def notices(self):
        """What keeps nothing from being stored."""
        return ("the retention of history can't be set: no rights",)


def test_what_no_answer_suffers_from_is_a_worry(health):
    """A store of history that is away, a disk that is nearly full; none while all is well."""
    assert health.worries() == ()
    health.free_bytes = lambda: 150_400_000
    health.store = Away()
    assert health.troubles() == ()
    assert health.worries() == (
        "150 MB are left on the disk of the state folder",
        "the store of history takes nothing: connection refused; 41 rows wait",
        "the retention of history can't be set: no rights",
    )


def test_readyz_tells_worries_with_200(make_house):
    """The API stays in use; with a trouble beside it, the trouble counts."""
    house = make_house()
    house.services.health.worrying = ("the store of history takes nothing",)
    answer = house.ask("/readyz")
    assert answer.status_code == 200
    worries = ["the store of history takes nothing"]
    assert answer.json() == {"status": "degraded", "worries": worries}
    house.services.health.wrong = ("no connection to the broker",)
    assert house.ask("/readyz").status_code == 503


def test_each_board_is_told_with_its_gaps(health, half):
    """In the order of the building; one that never spoke is offline and has no time."""
    half.pipeline.counters.gaps_of["d1"] = 2
    health.estimator.fold([Entry("d1", START_MS, (Heartbeat("d1", START_MS, 30.0),))])
    boards = {board.id: board for board in health.boards()}
    assert list(boards) == [board.id for board in OFFICE.boards]
    assert (boards["d1"].online, boards["d1"].gaps) == (True, 2)
    assert boards["d1"].last_heard_ms == START_MS
    assert (boards["d2"].online, boards["d2"].last_heard_ms) == (False, None)


def test_a_sensor_that_is_not_believed_is_told_with_its_board(health):
    """Whoever looks after the boards is to mend it."""
    watch = health.estimator.watch
    trusted = watch.trusted.copy()
    trusted[watch.pairs_of_sensor["d2/pir"]] = False
    watch.trust(trusted)
    told = {board.id: board.distrusted for board in health.boards()}
    assert told.pop("d2") == ("d2/pir",)
    assert set(told.values()) == {()}


def test_it_is_what_the_api_asks_for(health):
    """The port of the API is fulfilled."""
    port: Health = health
    assert port.troubles() == ()
