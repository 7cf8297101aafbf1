"""The stream of changes."""

import asyncio
import json

import pytest

from api.routes import changes
from api.stream import MOST_WAITING, Stream
from occupancy.state import State


def parsed(chunk: bytes):
    fields = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n"))
    return fields["event"], int(fields["id"]), json.loads(fields["data"])


class Listener:
    """Takes the stream as a server would hand it on."""

    def __init__(self, house, key):
        self.headers = {}
        self._chunks = asyncio.Queue()
        self._gone = asyncio.Event()
        self._asked = False
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/v1/changes",
            "raw_path": b"/v1/changes",
            "query_string": b"",
            "root_path": "",
            "headers": [(b"authorization", f"Bearer {house.keys.get(key, key)}".encode())],
            "client": ("127.0.0.1", 1),
            "server": ("api", 80),
            "state": {},
        }
        self.task = asyncio.create_task(house.app(scope, self._receive, self._send))

    async def _receive(self):
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        elif message["body"]:
            await self._chunks.put(message["body"])

    async def next(self):
        """The next piece of the answer."""
        return await asyncio.wait_for(self._chunks.get(), 5)

    async def ended(self):
        """Waits for the answer to end of itself."""
        await asyncio.wait_for(self.task, 5)

    async def leave(self):
        """Goes away, as a browser that is closed."""
        self._gone.set()
        await self.ended()


def listening(house, key, story):
    async def run():
        listener = Listener(house, key)
        try:
            await story(listener)
        finally:
            await listener.leave()

    asyncio.run(run())


def test_it_begins_with_everything_and_goes_on_with_changes(house):
    """The id of each event is the revision."""

    async def story(listener):
        assert (await listener.next()).startswith(b"retry: ")
        name, revision, data = parsed(await listener.next())
        assert (name, revision) == ("state", house.view.revision)
        assert {s["id"]: s["state"] for s in data["spaces"]} == {
            "desk-1": "free",
            "desk-2": "occupied",
            "room-a": "free",
        }
        assert listener.headers["content-type"].startswith("text/event-stream")
        assert listener.headers["cache-control"] == "no-store"
        await asyncio.to_thread(house.tell, "desk-1", State.OCCUPIED, 0.9)
        name, revision, data = parsed(await listener.next())
        assert (name, revision, data["revision"]) == ("change", house.view.revision, revision)
        assert data["spaces"] == [
            {
                "id": "desk-1",
                "kind": "desk",
                "state": "occupied",
                "since": "2026-11-23T10:16:30.500Z",
                "lastEvidence": "2026-11-23T10:17:00Z",
                "probability": 0.9,
            }
        ]

    listening(house, "staff", story)
    assert house.app.state.context.meters.watchers._value.get() == 0


def test_what_no_answer_would_show_is_not_told(house):
    """Evidence within the same minute makes no event; the next real change comes alone."""

    async def story(listener):
        await listener.next()
        await listener.next()
        house.tell("desk-1", State.FREE, 0.1, house.now_ms + 1_000)
        house.tell("desk-2", State.AWAY, 0.5)
        _, _, data = parsed(await listener.next())
        assert [space["id"] for space in data["spaces"]] == ["desk-2"]

    listening(house, "staff", story)


def test_a_screen_of_one_floor_hears_of_that_floor_alone(house):
    """In the first event and in all others."""
    house.tell("room-b", State.OCCUPIED)

    async def story(listener):
        await listener.next()
        _, _, data = parsed(await listener.next())
        assert "room-b" not in {space["id"] for space in data["spaces"]}
        house.tell("room-b", State.FREE)
        house.tell("room-a", State.OCCUPIED)
        _, _, data = parsed(await listener.next())
        assert [space["id"] for space in data["spaces"]] == ["room-a"]

    listening(house, house.floor_key, story)


def test_a_revoked_key_ends_the_stream(house, monkeypatch):
    """Without waiting for the next change."""
    monkeypatch.setattr(changes, "RECHECK_S", 0.01)

    async def story(listener):
        await listener.next()
        await listener.next()
        (key,) = [key for key in house.people.keys.all() if key.screen == "hall"]
        house.people.keys.revoke(key.id)
        await listener.ended()

    listening(house, "screen", story)


def test_silence_is_filled_with_comments(house, monkeypatch):
    """So that proxies and browsers know it is alive."""
    monkeypatch.setattr(changes, "RECHECK_S", 0.01)
    monkeypatch.setattr(changes, "HEARTBEAT_S", 0.02)

    async def story(listener):
        await listener.next()
        await listener.next()
        assert (await listener.next()).startswith(b": ")

    listening(house, "staff", story)


def test_a_subscriber_that_takes_nothing_is_dropped_and_counted(house):
    """Its events are let go; others are not held up."""
    stream: Stream = house.app.state.context.stream

    async def run():
        slow, quick = stream.subscribe(None), stream.subscribe(None)
        for turn in range(MOST_WAITING + 1):
            house.tell("desk-1", State.FREE if turn % 2 else State.OCCUPIED)
            assert await quick.take(1) is not None
        assert slow.overrun
        assert await slow.take(0.01) is None
        assert not quick.overrun

    asyncio.run(run())
    assert "vrijplek_api_stream_dropped_total 1.0" in house.ask("/metrics").text


def test_a_subscriber_whose_loop_is_gone_does_not_stop_the_pipeline(house):
    """It is forgotten at the next change."""
    stream: Stream = house.app.state.context.stream

    async def subscribe():
        stream.subscribe(None)

    asyncio.run(subscribe())
    house.tell("desk-1", State.OCCUPIED)
    assert not stream._subscribers


def test_the_end_of_the_service_ends_all_streams(house):
    """At once, as an answer that is complete; and no other begins."""

    async def story(listener):
        await listener.next()
        await listener.next()
        house.app.state.context.stream.close()
        await listener.ended()

    listening(house, "staff", story)
    assert house.ask("/v1/changes", "staff").status_code == 503


@pytest.mark.parametrize("key", ["analyst", "vp_wrong"])
def test_those_who_may_not_get_no_stream(house, key):
    """403 and 401 before anything is told."""
    assert house.ask("/v1/changes", key).status_code in (401, 403)


def test_too_many_streams_are_refused(house, monkeypatch):
    """503, to be tried again later."""
    monkeypatch.setattr("api.stream.MOST_SUBSCRIBERS", 0)
    answer = house.ask("/v1/changes", "staff")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
