"""What is sent to InfluxDB 1, 2 and 3, and what is made of their answers, without any of them."""

import json
import time

import pytest
from support.answering import GONE, HALF, SILENT, Answer, Answering
from support.influxes import store_at
from support.moves import move, moves, outbox_in, points, post
from support.office import START_MS

from ingest.shipper import Shipper
from occupancy.history import HistoryError
from occupancy.point import (
    TRANSITIONS,
    NotAllowedError,
    PointsRefusedError,
    StoreError,
    TooManyPointsError,
)
from occupancy.store.influx.history import WINDOW_MS, InfluxHistory

VERSIONS = {"1.8.10": 1, "v2.7.12": 2, "3.5.0": 3}
WHO = {"token": "t", "organisation": "hq"}
USER = {"username": "u", "password": "p"}
MAPPING = {"id": "d1", "orgID": "o1", "bucketID": "b1", "database": "x", "retention_policy": "x"}
BUCKET = {"id": "b1", "name": "transitions", "orgID": "o1", "retentionRules": []}


def server_of(version, **more):
    """A stand-in of one version."""
    made = Answering(version, **more)
    made.routes["GET", "/api/v2/buckets"] = Answer(200, {"buckets": []})
    made.routes["GET", "/api/v2/orgs"] = Answer(200, {"orgs": [{"id": "o1", "name": "hq"}]})
    made.routes["POST", "/api/v2/buckets"] = Answer(201, BUCKET)
    made.routes["GET", "/api/v2/dbrps"] = Answer(200, {"content": []})
    made.routes["POST", "/api/v2/dbrps"] = Answer(201, MAPPING | {"default": True})
    made.routes["POST", "/api/v3/configure/database"] = Answer(200, {})
    return made


@pytest.fixture(params=VERSIONS)
def far(request):
    """A stand-in of each version."""
    made = server_of(request.param)
    yield made
    made.close()


@pytest.fixture
def one():
    """A stand-in of InfluxDB 1."""
    made = server_of("1.8.10")
    yield made
    made.close()


@pytest.fixture
def open_store():
    """Makes stores, and closes them after the test."""
    opened = []

    def make(far, timeout_s=5.0, **who):
        opened.append(store_at(far.url, timeout_s, **who))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


LINE = (
    "transition,floor=floor-0,kind=desk,site=hq,space=desk-1,state=occupied,zone=zone-n "
    'after="occupied",before="free",code=1i,late=false,probability=0.9,'
    'reasons="[{\\"source\\":\\"d1/pir\\",\\"kind\\":\\"motion\\",\\"nats\\":3.0,\\"event_ms\\":1000},'
    '{\\"source\\":\\"a badge\\",\\"kind\\":\\"badge\\",\\"nats\\":1.25,\\"event_ms\\":null}]"'
    f" {START_MS}"
)


def test_one_line_for_each_version(far, open_store):
    """The same line protocol, to the path and with the parameters that each version knows."""
    open_store(far, **WHO).send(TRANSITIONS, points([move()]))

    [asked] = far.writes
    assert asked.lines == [LINE]
    assert asked.headers["authorization"] == "Token t"
    if VERSIONS[far.version] == 1:
        assert asked.path == "/write"
        assert asked.params == {"db": "transitions", "precision": "ms"}
    else:
        assert asked.path == "/api/v2/write"
        assert asked.params == {"org": "hq", "bucket": "transitions", "precision": "ms"}


def test_an_account_of_version_1_goes_along(one, open_store):
    """User name and password as HTTP knows them."""
    open_store(one, **USER).send(TRANSITIONS, points([move()]))
    assert {asked.headers["authorization"] for asked in one.asked} == {"Basic dTpw"}


def test_retention_of_version_1(one, open_store):
    """Made where missing, then altered, both in InfluxQL."""
    open_store(one).send(TRANSITIONS, points([move()]))
    assert [asked.params["q"] for asked in one.asked if asked.path == "/query"] == [
        'CREATE DATABASE "transitions"',
        'ALTER RETENTION POLICY "autogen" ON "transitions" DURATION 720h SHARD DURATION 1d DEFAULT',
        'CREATE DATABASE "aggregates"',
        'ALTER RETENTION POLICY "autogen" ON "aggregates" DURATION 9504h SHARD DURATION 1d DEFAULT',
    ]


def test_retention_of_version_2(open_store):
    """Buckets with rules, and a mapping by which InfluxQL knows them."""
    far = server_of("v2.7.12")
    open_store(far, **WHO).send(TRANSITIONS, points([move()]))
    made = [
        json.loads(a.body) for a in far.asked if a.method == "POST" and a.path[-7:] == "buckets"
    ]
    mapped = [
        json.loads(a.body) for a in far.asked if a.method == "POST" and a.path[-5:] == "dbrps"
    ]
    assert [(m["name"], m["orgID"], m["retentionRules"][0]["everySeconds"]) for m in made] == [
        ("transitions", "o1", 30 * 86_400),
        ("aggregates", "o1", 396 * 86_400),
    ]
    assert [(m["database"], m["bucketID"], m["default"]) for m in mapped] == [
        ("transitions", "b1", True),
        ("aggregates", "b1", True),
    ]
    far.close()


def test_retention_of_version_2_is_corrected(open_store):
    """A bucket that keeps for ever is told to forget."""
    far = server_of("v2.7.12")
    far.routes["GET", "/api/v2/buckets"] = Answer(200, {"buckets": [BUCKET]})
    far.routes["PATCH", "/api/v2/buckets/b1"] = Answer(200, BUCKET)
    open_store(far, **WHO).send(TRANSITIONS, points([move()]))
    told = [json.loads(a.body)["retentionRules"] for a in far.asked if a.method == "PATCH"]
    assert [rules[0]["everySeconds"] for rules in told] == [30 * 86_400, 396 * 86_400]
    far.close()


def test_retention_of_version_3(open_store):
    """A database with a period; one that was there is told anew."""
    far = server_of("3.5.0")
    far.routes["POST", "/api/v3/configure/database"] = Answer(409, {"error": "exists"})
    far.routes["PUT", "/api/v3/configure/database"] = Answer(200, {})
    open_store(far, **WHO).send(TRANSITIONS, points([move()]))
    told = [(a.method, json.loads(a.body)) for a in far.asked if "configure" in a.path]
    first, second = (
        {"db": "transitions", "retention_period": "30d"},
        {"db": "aggregates", "retention_period": "396d"},
    )
    assert told == [("POST", first), ("PUT", first), ("POST", second), ("PUT", second)]
    far.close()


def test_an_account_that_may_only_write_writes(far, open_store):
    """Retention that may not be set is said, and the points go all the same."""
    for route in [*far.routes, ("POST", "/query")]:
        far.routes[route] = Answer(403, {"error": "forbidden", "message": "forbidden"})
    store = open_store(far, **WHO)
    store.send(TRANSITIONS, points([move()]))
    assert far.kept == {LINE}
    assert "retention" in store.notices()[0]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(400, {"error": "unable to parse"}), PointsRefusedError),
        (Answer(422, {"message": "outside of what is allowed"}), PointsRefusedError),
        (Answer(413, {"error": "too large"}), TooManyPointsError),
        (Answer(401, {"error": "who are you"}), NotAllowedError),
        (Answer(403, {"error": "no"}), NotAllowedError),
        (Answer(404, {"error": "database not found"}), NotAllowedError),
        (Answer(429, {"error": "slowly"}, {"Retry-After": "7"}), StoreError),
        (Answer(500, {"error": "engine is closed"}), StoreError),
        (Answer(503, b"<html>unavailable</html>"), StoreError),
        (Answer(302, b"", {"Location": "http://127.0.0.1:1/"}), StoreError),
        (Answer(204, fault=GONE), StoreError),
        (Answer(200, {"a": "b"}, fault=HALF), StoreError),
        (Answer(fault=SILENT), StoreError),
    ],
    ids=lambda value: f"{value.status}{value.fault}" if isinstance(value, Answer) else "",
)
def test_a_wrong_answer_tells_what_to_do_next(far, open_store, answer, error):
    """Each as the error that the shipper acts on, with what the store said; then all is well."""
    store = open_store(far, timeout_s=0.5, **WHO)
    far.next.append(answer)

    with pytest.raises(error) as caught:
        store.send(TRANSITIONS, points([move()]))
    if error is StoreError and answer.status == 429:
        assert caught.value.retry_after_s == 7
    store.send(TRANSITIONS, points([move()]))

    assert far.kept == {LINE}


def test_points_past_their_retention_are_not_refused(far, open_store):
    """They are gone already, as the store says in its own words."""
    store = open_store(far, **WHO)
    far.next.append(
        Answer(400, {"error": "partial write: points beyond retention policy dropped=1"})
    )
    far.next.append(Answer(422, {"message": "dropped 1 points outside retention policy"}))
    for _ in range(2):
        store.send(TRANSITIONS, points([move()]))
    assert len(far.writes) == 2


def test_what_is_no_influxdb_is_said(open_store):
    """A server that tells no version, or one that nobody knows."""
    for version in ("", "9.0"):
        far = server_of(version)
        far.routes["GET", "/health"] = Answer(200, b"hello")
        with pytest.raises(StoreError, match=r"InfluxDB"):
            open_store(far).send(TRANSITIONS, points([move()]))
        far.close()


def test_version_3_is_read_in_windows_of_72_hours(open_store):
    """A month takes eleven queries, each with what is to be quoted in quotes."""
    far = server_of("3.5.0")
    store = store_at(far.url, **WHO)
    now_ms = START_MS + 31 * 86_400_000
    history = InfluxHistory(store, "hq")

    assert history.transitions("o'desk", START_MS, now_ms) == []

    asked = [a.params["q"] for a in far.asked if a.path == "/query"]
    assert len(asked) == 11
    assert all("\"space\" = 'o\\'desk'" in words for words in asked)
    end_ns = (START_MS + WINDOW_MS) * 1_000_000
    assert f"time >= {START_MS * 1_000_000} AND time < {end_ns}" in asked[0]
    assert {a.params["db"] for a in far.asked if a.path == "/query"} == {"transitions"}
    store.close()
    far.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"{}",
        b'{"results": [{"series": [{"values": [[1]]}]}]}',
        b'{"results": [{"series": 5}]}',
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error(one, answer):
    """Never an empty history."""
    one.routes["GET", "/query"] = Answer(200, answer)
    store = store_at(one.url)
    with pytest.raises(HistoryError):
        InfluxHistory(store, "hq").before("desk-1", START_MS)
    store.close()


def test_one_bad_point_among_many_is_found_at_two_requests_a_second(far, open_store, tmp_path):
    """Halving finds it; the good ones are kept, and after each refusal half a second goes by."""
    far.bad = "space=desk-2"
    file = tmp_path / "v.sqlite"
    outbox = outbox_in(file)
    said = moves(100)
    post(outbox, [*said[:41], move(space="desk-2"), *said[41:]])
    store = open_store(far, **WHO)
    shipper = Shipper(lambda: outbox, store, (TRANSITIONS,), lambda: START_MS, lambda: 0.0)

    waits, refused = [], 0
    while outbox.load().rows:
        before = len(far.writes)
        waits.append(shipper.step(outbox))
        refused += len(far.writes) - before and waits[-1] > 0

    assert len(far.kept) == 100
    assert shipper.state.refused == 1
    assert len(far.writes) < 20
    assert refused == 8
    assert {wait for wait in waits if wait} == {0.5}
    outbox.connection.close()


def test_the_shipper_stops_within_a_second_of_a_silent_store(one, open_store, tmp_path):
    """Although the request may wait for longer; what it sent is still in the outbox."""
    file = tmp_path / "v.sqlite"
    outbox = outbox_in(file)
    post(outbox, [move()])
    one.next.append(Answer(fault=SILENT))
    shipper = Shipper(
        lambda: outbox_in(file), open_store(one), (TRANSITIONS,), lambda: START_MS, lambda: 0.0
    )
    shipper.start()
    while not one.writes:
        time.sleep(0.01)
    began_s = time.monotonic()
    shipper.stop()
    assert time.monotonic() - began_s < 1.5
    assert outbox.load().rows == 1
    outbox.connection.close()
