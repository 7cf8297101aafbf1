"""History in a real InfluxDB: Debian's, or any that the environment names.

With VRIJPLEK_TEST_INFLUX_URL (and _TOKEN, _ORG, _TRANSITIONS, _AGGREGATES) what needs no server of
its own is asked of that one, which may be InfluxDB 1, 2 or 3.
"""

import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, replace

import pytest
from support.house import House, until
from support.influxd import Influxd
from support.influxes import store_at
from support.machine import program
from support.moves import move, moves, outbox_in, points, post
from support.office import OFFICE

from ingest.shipper import Shipper
from ingest.transaction import transaction
from occupancy.building import Building
from occupancy.history import HistoryError, spans
from occupancy.point import AGGREGATES, TRANSITIONS, NotAllowedError, StoreError
from occupancy.state import State
from occupancy.store.influx.census import InfluxCensus
from occupancy.store.influx.history import InfluxHistory
from occupancy.store.influx.store import InfluxStore

pytestmark = pytest.mark.timeout(180)
NOW_MS = int(time.time() * 1000)
HOUR_MS = 3_600_000


@dataclass
class Target:
    """A server to write to and read from; every test has a site of its own."""

    store: InfluxStore
    building: Building

    def __post_init__(self):
        self.history = InfluxHistory(self.store, self.building.site)

    def send(self, *said):
        """Have transitions stored."""
        self.store.send(TRANSITIONS, points(said, self.building))

    def points(self) -> int:
        """How many transitions of this site are there, of the last hours."""
        census = InfluxCensus(self.store, self.building.site)
        return census.count(TRANSITIONS, NOW_MS - 60 * HOUR_MS, NOW_MS + HOUR_MS)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A server for tests that do not end it, as a store."""
    told = os.environ.get
    if url := told("VRIJPLEK_TEST_INFLUX_URL"):
        names = {
            TRANSITIONS: told("VRIJPLEK_TEST_INFLUX_TRANSITIONS", "transitions"),
            AGGREGATES: told("VRIJPLEK_TEST_INFLUX_AGGREGATES", "aggregates"),
        }
        token = told("VRIJPLEK_TEST_INFLUX_TOKEN", "")
        organisation = told("VRIJPLEK_TEST_INFLUX_ORG", "")
        made = store_at(url, names=names, token=token, organisation=organisation)
        yield made
        made.close()
        return
    influxd = Influxd(tmp_path_factory.mktemp("influxd"))
    made = store_at(influxd.url)
    yield made
    made.close()
    influxd.close()


@pytest.fixture
def target(shared):
    """That server, with a site of its own."""
    return Target(shared, replace(OFFICE, site=f"s{uuid.uuid4().hex[:12]}"))


@pytest.fixture
def influxd(tmp_path):
    """A server that the test may kill."""
    made = Influxd(tmp_path / "influxd")
    yield made
    made.close()


@pytest.fixture
def store(influxd):
    """A store on that server."""
    made = store_at(influxd.url, timeout_s=0.8)
    yield made
    made.close()


def count(influxd):
    """How many transitions are there; none where there is no place for them yet."""
    if ["transitions"] not in influxd.ask("SHOW DATABASES"):
        return 0
    rows = influxd.ask("SELECT count(code) FROM transition", "transitions")
    return rows[0][1] if rows else 0


def shipper_of(store, file, now_ms=lambda: NOW_MS):
    """A shipper that knows no chance."""
    return Shipper(lambda: outbox_in(file), store, (TRANSITIONS,), now_ms, lambda: 0.0)


def test_what_is_written_is_read_as_it_was(target):
    """States, times, probability, reasons and lateness come back, one space at a time."""
    said = [*moves(3, start_ms=NOW_MS - HOUR_MS), move(NOW_MS - 9, State.AWAY, late=True)]
    target.send(*said, move(NOW_MS - 8, space="desk-2"))

    assert target.history.transitions("desk-1", NOW_MS - 2 * HOUR_MS, NOW_MS) == said
    assert target.history.before("desk-1", NOW_MS) == said[-1]
    assert target.history.before("desk-1", said[0].event_ms) is None
    assert target.history.transitions("nowhere", 0, NOW_MS) == []


def test_a_period_includes_its_start_and_not_its_end(target):
    """From inclusive, to exclusive, as in the embedded store."""
    start_ms = NOW_MS - HOUR_MS
    said = moves(3, start_ms=start_ms)
    target.send(*said)

    assert target.history.transitions("desk-1", start_ms, start_ms + 2000) == said[:2]


def test_sending_again_changes_nothing(target):
    """The same points have the same series and time: their number stays."""
    for _ in range(3):
        target.send(*moves(500, start_ms=NOW_MS - HOUR_MS))

    assert target.points() == 500


def test_moves_within_one_millisecond_keep_their_order(target):
    """What a space was follows from the states, also when a store has no order for them."""
    said = [
        move(NOW_MS - 50, State.FREE, before=State.UNKNOWN),
        move(NOW_MS - 20, State.OCCUPIED, before=State.FREE),
        move(NOW_MS - 20, State.AWAY, before=State.OCCUPIED),
        move(NOW_MS - 20, State.FREE, before=State.AWAY),
    ]
    target.send(*said[::-1])

    assert target.history.transitions("desk-1", NOW_MS - 100, NOW_MS) == said
    assert target.history.before("desk-1", NOW_MS) == said[-1]
    assert [s.state for s in spans(target.history, "desk-1", NOW_MS - 60, NOW_MS)] == [
        State.UNKNOWN,
        State.FREE,
        State.FREE,
    ]


def test_thirty_days_are_read_in_one_answer(target):
    """Also where the server answers 72 hours at a time."""
    said = [move(NOW_MS - days * 24 * HOUR_MS, before=State.AWAY) for days in range(28, 0, -4)]
    target.send(*said)

    assert target.history.transitions("desk-1", NOW_MS - 31 * 24 * HOUR_MS, NOW_MS) == said
    assert target.history.before("desk-1", NOW_MS - 13 * 24 * HOUR_MS) == said[3]


def test_what_is_older_than_its_retention_is_not_an_error(target):
    """The store would have forgotten it already."""
    target.send(move(NOW_MS - 400 * 24 * HOUR_MS), move(NOW_MS - 5))

    assert [m.event_ms for m in target.history.transitions("desk-1", 0, NOW_MS)] == [NOW_MS - 5]


def test_a_point_that_the_store_refuses_is_set_aside_and_the_others_are_there(target, tmp_path):
    """A time beyond what can be kept is refused; 99 good points around it are stored."""
    said = moves(99, start_ms=NOW_MS - HOUR_MS)
    file = tmp_path / "v.sqlite"
    outbox = outbox_in(file)
    with transaction(outbox.connection):
        mixed = [*said[:60], move(2**62), *said[60:]]
        outbox.post(TRANSITIONS, points(mixed, target.building), NOW_MS)
    shipper = shipper_of(target.store, file)

    until(lambda: shipper.step(outbox) is not None and not outbox.load().rows, "all is judged")

    [(why, point)] = outbox.connection.execute("SELECT why, point FROM outbox_refused").fetchall()
    assert "400" in why
    assert str(2**62) in point
    assert target.points() == 99
    outbox.connection.close()


def test_retention_is_set_on_the_database(influxd, store):
    """A month for transitions, thirteen for aggregates, also where there was one before."""
    influxd.ask('CREATE DATABASE "transitions"')

    store.send(TRANSITIONS, points([move(NOW_MS)]))

    kept = {
        name: [row[1] for row in influxd.ask(f'SHOW RETENTION POLICIES ON "{name}"')]
        for name in ("transitions", "aggregates")
    }
    assert kept == {"transitions": ["720h0m0s"], "aggregates": ["9504h0m0s"]}
    assert store.version() == 1


def test_a_database_that_was_dropped_is_made_again(influxd, store):
    """The first answer is that it is not there; the next request makes it."""
    store.send(TRANSITIONS, points([move(NOW_MS)]))
    influxd.ask('DROP DATABASE "transitions"')

    with pytest.raises(NotAllowedError, match="not found"):
        store.send(TRANSITIONS, points([move(NOW_MS)]))
    store.send(TRANSITIONS, points([move(NOW_MS)]))

    assert count(influxd) == 1


def test_a_server_that_is_down_or_frozen_is_an_error_in_time(influxd, store):
    """Down at once, frozen after the timeout: try again, for writer and reader."""
    store.send(TRANSITIONS, points([move(NOW_MS)]))
    influxd.freeze()
    began_s = time.monotonic()
    with pytest.raises(StoreError):
        store.send(TRANSITIONS, points([move(NOW_MS)]))
    assert time.monotonic() - began_s < 2
    influxd.thaw()
    influxd.kill()
    with pytest.raises(HistoryError):
        InfluxHistory(store, "hq").before("desk-1", NOW_MS)


CHILD = """
import sys
from pathlib import Path
from support.influxes import store_at
from support.moves import outbox_in
from ingest.crash_points import arm
from ingest.shipper import Shipper
from ingest.transaction import transaction
url, file, point = sys.argv[1:]
arm(point)
outbox = outbox_in(Path(file))
store = store_at(url)
shipper = Shipper(lambda: outbox, store, ("transitions",), lambda: 0, _most=100)
while outbox.load().rows:
    shipper.step(outbox)
outbox.connection.close()
store.close()
"""


@pytest.mark.parametrize("point", ["outbox-read:2", "shipped:2", "taken-out:2"])
def test_a_shipper_that_is_killed_at_any_step_loses_and_doubles_nothing(influxd, tmp_path, point):
    """It dies in its second batch; the next one ships the rest, and every point is there once."""
    file = tmp_path / "v.sqlite"
    outbox = outbox_in(file)
    post(outbox, moves(350, start_ms=NOW_MS - HOUR_MS))

    codes = [
        subprocess.run(
            [sys.executable, "-c", CHILD, influxd.url, str(file), armed],
            env=os.environ | {"PYTHONPATH": os.pathsep.join((".", "tests"))},
            check=False,
        ).returncode
        for armed in (point, "")
    ]

    assert codes == [137, 0]
    assert count(influxd) == 350
    outbox.connection.close()


def test_a_store_that_is_killed_while_it_is_shipped_to_has_everything_in_the_end(influxd, tmp_path):
    """Killed and started three times within 20,000 points, each of which is there once."""
    file = tmp_path / "v.sqlite"
    outbox = outbox_in(file)
    post(outbox, moves(20_000, start_ms=NOW_MS - 6 * HOUR_MS))
    store = store_at(influxd.url)
    shipper = shipper_of(store, file)
    shipper._most = 500
    shipper.start()
    for least in (2_000, 7_000, 12_000):
        until(lambda least=least: shipper.state.shipped >= least, f"{least} are shipped")
        influxd.kill()
        influxd.start()
    until(lambda: not outbox.load().rows, "the outbox is empty", 60)
    shipper.stop()

    assert count(influxd) == 20_000
    assert shipper.state.refused == 0
    outbox.connection.close()
    store.close()


@pytest.fixture
def house(tmp_path, influxd):
    """A service that keeps its history there."""
    program("mosquitto")
    made = House(tmp_path)
    text = made.config.read_text()
    made.config.write_text(
        f"{text}influx: {{url: '{influxd.url}', timeout_s: 2, transitions: transitions}}\n"
    )
    yield made
    made.close()


def rows(house, table):
    """How many rows a table of the service has, read beside it."""
    opened = outbox_in(house.database)
    words = f"SELECT count(*) FROM {table}"  # noqa: S608
    [(count,)] = opened.connection.execute(words).fetchall()
    opened.connection.close()
    return count


@pytest.mark.broker
def test_a_service_whose_store_is_down_answers_and_fills_it_later(house, influxd):
    """Live and past are answered while InfluxDB is killed; then both stores have the same."""
    house.start_ready()
    board = house.board("f0-d01")
    board.motion("pir-1")
    until(lambda: count(influxd) >= 1, "the first transition is in InfluxDB")
    assert house.metric("vrijplek_store_up") == 1
    influxd.kill()

    board.motion("pir-2")
    until(lambda: house.desks()["desk-2"][0] == "occupied", "live goes on", 2.0)
    until(lambda: house.metric("vrijplek_store_up") == 0, "that it is down is noticed")
    past = "/v1/spaces/desk-2/history"
    began_s = time.monotonic()
    house.get(past)
    assert time.monotonic() - began_s < 1.0
    until(lambda: house.get(past)["transitions"], "the second is over")
    told = house.get(past)["transitions"]
    assert told[-1]["after"] == "occupied"
    assert house.is_ready()
    assert rows(house, "outbox") > 0

    influxd.start()
    until(lambda: not rows(house, "outbox"), "the outbox is empty", 70)
    until(lambda: count(influxd) == rows(house, "transitions"), "both have the same")
    assert house.get(past)["transitions"][: len(told)] == told
    assert house.stop() < 5
