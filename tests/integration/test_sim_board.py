"""A simulated building against a real broker."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiomqtt
import pytest
from support.machine import program

from firmware_sim.clock import Clock
from firmware_sim.link import Broker
from firmware_sim.physics import Physics
from firmware_sim.plan import read_plan
from firmware_sim.run import Runner
from firmware_sim.world import Scenario

pytestmark = pytest.mark.broker
OFFICE = Path(__file__).parent.parent / "data" / "sim-office.yaml"
SUNDAY_3_MS = 1_763_863_200_000
BOARDS = {"b-1", "b-2", "b-3"}
CALM = Physics(reboots_per_week=0.0)


class Mosquitto:
    """A broker on a port of its own, which can be stopped and started again."""

    def __init__(self, folder, rules="allow_anonymous true\n"):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (folder / "mosquitto.conf").write_text(f"listener {self.port} 127.0.0.1\n{rules}")
        self.process = None

    def start(self):
        """Wait until it takes connections."""
        self.process = subprocess.Popen(
            [program("mosquitto"), "-c", str(self.folder / "mosquitto.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until_s = time.monotonic() + 5
        while time.monotonic() < until_s:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.02)
        pytest.fail("mosquitto did not start")

    def stop(self):
        """End it, and all connections with it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(5)
            self.process = None


@pytest.fixture
def broker(tmp_path):
    """A running mosquitto."""
    made = Mosquitto(tmp_path)
    made.start()
    yield made
    made.stop()


class Service:
    """What a service hears, and says when a test wants it to."""

    def __init__(self, port):
        self.port = port
        self.heard = []

    @contextlib.asynccontextmanager
    async def listening(self):
        """Hear what boards say, for as long as the block lasts."""
        async with aiomqtt.Client("127.0.0.1", self.port, identifier="service") as client:
            await client.subscribe("vrijplek/v1/lab/+/readings", qos=1)
            await client.subscribe("vrijplek/v1/lab/+/status", qos=1)
            task = asyncio.create_task(self._listen(client))
            try:
                yield client
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _listen(self, client):
        async for message in client.messages:
            board, kind = message.topic.value.split("/")[3:]
            self.heard.append((board, kind, message.retain, json.loads(message.payload)))

    def seqs(self, board, boot=None):
        """Numbers of a board's messages in the order of arrival."""
        return [
            what["seq"]
            for who, kind, _, what in self.heard
            if (who, kind) == (board, "readings") and boot in {None, what["boot"]}
        ]

    def states(self, board):
        """What a board's status said, one after the other."""
        return [
            what["state"] for who, kind, _, what in self.heard if (who, kind) == (board, "status")
        ]

    def boots(self, board):
        """Names of a board's boots, each once."""
        found = [what["boot"] for who, _, _, what in self.heard if who == board]
        return list(dict.fromkeys(found))


async def until(true, seconds=10.0):
    end_s = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end_s, "it did not happen in time"
        await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def building(port, speed=1.0, protocol=aiomqtt.ProtocolVersion.V5, passwords=None):
    runner = Runner(
        read_plan(OFFICE),
        Scenario(people=6, schedule="always", skipped=frozenset({"hand"}), physics=CALM),
        Clock(SUNDAY_3_MS, speed),
        Broker("127.0.0.1", port, protocol),
        passwords or {},
        tell=lambda line: None,
    )
    stop = asyncio.Event()
    task = asyncio.create_task(runner.run(stop))
    try:
        yield runner
    finally:
        stop.set()
        await task


@pytest.mark.parametrize("protocol", [aiomqtt.ProtocolVersion.V311, aiomqtt.ProtocolVersion.V5])
def test_birth_and_goodbye_are_retained(broker, protocol):
    """Who comes later still learns that a board is online, or that it left; in both protocols."""

    async def scene():
        first, late, last = (Service(broker.port) for _ in range(3))
        async with building(broker.port, protocol=protocol):
            async with first.listening():
                await until(lambda: all(first.seqs(board) for board in BOARDS))
            async with late.listening():
                await until(lambda: all("online" in late.states(board) for board in BOARDS))
            assert all(retained for _, kind, retained, _ in late.heard if kind == "status")
        async with last.listening():
            await until(lambda: all(last.states(board) == ["offline"] for board in BOARDS))
        assert last.boots("b-1") == first.boots("b-1")

    asyncio.run(scene())


def test_messages_are_sent_again_until_they_are_acknowledged(broker):
    """Without an acknowledgement all comes again, oldest first; after it, no more."""

    async def scene():
        service = Service(broker.port)
        async with service.listening() as client, building(broker.port, speed=8.0):
            await until(lambda: service.seqs("b-1").count(0) >= 2)
            (boot,) = service.boots("b-1")
            again = service.seqs("b-1")[service.seqs("b-1").index(0, 1) :][:3]
            assert again == sorted(again)
            durable = max(service.seqs("b-1"))
            ack = json.dumps({"boot": boot, "durable": durable})
            await client.publish("vrijplek/v1/lab/b-1/ack", ack)
            await asyncio.sleep(0.3)
            mark = len(service.seqs("b-1"))
            await until(lambda: len(service.seqs("b-1")) >= mark + 6)
            assert min(service.seqs("b-1")[mark:]) > durable

    asyncio.run(scene())


def test_a_board_keeps_its_messages_while_the_broker_is_down(broker):
    """After an outage the board comes back with the same boot, and no number is missing."""

    async def scene():
        before, after = Service(broker.port), Service(broker.port)
        async with building(broker.port, speed=8.0):
            async with before.listening():
                await until(lambda: all(before.seqs(board) for board in BOARDS))
                known = max(before.seqs("b-2"))
            broker.stop()
            await asyncio.sleep(1.0)
            broker.start()
            async with after.listening():
                await until(lambda: len(after.seqs("b-2")) > known + 4, seconds=25)
        assert after.boots("b-2") == before.boots("b-2")
        seqs = set(before.seqs("b-2")) | set(after.seqs("b-2"))
        assert seqs == set(range(max(seqs) + 1))

    asyncio.run(scene())


def test_a_halted_board_leaves_its_will_and_boots_anew(broker):
    """A drill ends in the last will, not in a goodbye of the board, then in another boot."""

    async def scene():
        service = Service(broker.port)
        async with service.listening() as client, building(broker.port, speed=20.0):
            await until(lambda: service.seqs("b-3"))
            halt = json.dumps({"command": "halt", "for_s": 20})
            await client.publish("vrijplek/v1/lab/b-3/command", halt, qos=1)
            await until(lambda: "offline" in service.states("b-3"))
            await until(lambda: service.states("b-3")[-2:] == ["offline", "online"])
            first, second = service.boots("b-3")
            await until(lambda: 0 in service.seqs("b-3", second))
            assert first != second
            assert service.states("b-1") == ["online"]

    asyncio.run(scene())


def test_a_restart_says_goodbye_first(broker):
    """The command to restart is followed by a goodbye of the old boot and a birth of a new one."""

    async def scene():
        service = Service(broker.port)
        async with service.listening() as client, building(broker.port, speed=5.0):
            await until(lambda: service.seqs("b-1"))
            await client.publish("vrijplek/v1/lab/b-1/command", '{"command":"restart"}', qos=1)
            await until(lambda: service.states("b-1") == ["online", "offline", "online"])
            assert len(service.boots("b-1")) == 2

    asyncio.run(scene())


def command_line(port, *more):
    options = ["--building", str(OFFICE), "--skip", "hand", "--port", str(port), "--people", "6"]
    return [sys.executable, "-m", "firmware_sim", "run", *options, "--schedule", "always", *more]


def wait_for_birth(port):
    async def scene():
        service = Service(port)
        async with service.listening():
            await until(lambda: all("online" in service.states(board) for board in BOARDS))

    asyncio.run(scene())


def states_at_last(port):
    async def scene():
        service = Service(port)
        async with service.listening():
            await until(lambda: all(service.states(board) for board in BOARDS))
        return {service.states(board)[-1] for board in BOARDS}

    return asyncio.run(scene())


@pytest.mark.parametrize("how", ["signal", "end of input"])
def test_it_stops_within_two_seconds_with_goodbyes(broker, how):
    """SIGTERM, or the end of standard input, ends it at once and leaves all boards offline."""
    process = subprocess.Popen(
        command_line(broker.port, "--stop-on-eof"), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        wait_for_birth(broker.port)
        begin_s = time.monotonic()
        if how == "signal":
            process.send_signal(signal.SIGTERM)
        else:
            process.stdin.close()
        assert process.wait(5) == 0
        assert time.monotonic() - begin_s < 2.5
        assert states_at_last(broker.port) == {"offline"}
        assert b"Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
        process.stdin.close()


def test_it_ends_when_time_is_up_and_leaves_the_truth(broker, tmp_path):
    """With a time to stop it ends by itself, and the truth covers the time until then."""
    truth = tmp_path / "truth.jsonl"
    times = ["--start-ms", str(SUNDAY_3_MS), "--until-ms", str(SUNDAY_3_MS + 120_000)]
    done = subprocess.run(
        command_line(broker.port, *times, "--speed", "100", "--truth", str(truth)),
        capture_output=True,
        timeout=30,
        check=True,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )
    found = [json.loads(line) for line in truth.read_text().splitlines()]
    assert found[0]["t_ms"] == SUNDAY_3_MS
    assert {line["space"] for line in found if "occupied" in line} >= {"desk-1", "room-0"}
    assert b"simulated 120 s" in done.stderr


def test_each_board_signs_in_with_its_own_password(tmp_path):
    """With a broker that wants passwords, the boards of the file get in and no others do."""
    passwords = {board: f"secret of {board}" for board in BOARDS}
    known = tmp_path / "known"
    known.touch(mode=0o600)
    for board, password in {**passwords, "b-2": "another"}.items():
        subprocess.run([program("mosquitto_passwd"), "-b", known, board, password], check=True)
    made = Mosquitto(tmp_path, f"password_file {known}\nuser root\nallow_anonymous true\n")
    made.start()

    async def scene():
        service = Service(made.port)
        async with service.listening(), building(made.port, passwords=passwords):
            await until(lambda: service.seqs("b-1") and service.seqs("b-3"))
            assert service.states("b-2") == []

    try:
        asyncio.run(scene())
    finally:
        made.stop()


def test_a_missing_password_is_told_before_anything_starts(broker, tmp_path):
    """A file of passwords that lacks a board ends in a sentence that names the board."""
    passwords = tmp_path / "passwords.json"
    passwords.write_text(json.dumps({"b-1": "x", "b-2": "y"}))
    done = subprocess.run(
        command_line(broker.port, "--credentials", str(passwords)),
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert b"b-3" in done.stderr
    assert b"Traceback" not in done.stderr
