"""The acts of the nemesis: each is a context in which a fault holds on a stand."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from faults.schedule import Kind
from faults.stand import Stand

from occupancy.store.sqlite import open_database

Act = Callable[[Stand], AbstractContextManager[None]]
ACTS: dict[str, Act] = {}
KINDS: dict[str, Kind] = {}
MOMENT_S = (0.1, 0.2)


def act(victim: str, least_s: float, most_s: float) -> Callable[[Callable], Act]:
    """Make a function that yields once an act, known by its name in words."""

    def known(function: Callable[[Stand], Iterator[None]]) -> Act:
        name = function.__name__.replace("_", " ")
        KINDS[name] = Kind(victim, (least_s, most_s))
        ACTS[name] = contextmanager(function)
        return ACTS[name]

    return known


@act("service", 0.1, 2.0)
def kill_service(stand):
    """As a power cut would."""
    stand.kill()
    yield
    stand.start()


@act("service", 0.1, 1.0)
def stop_service(stand):
    """In order, as an upgrade would; one that has only begun to load knows no order yet."""
    stand.stop(within_s=30)
    assert stand.process.returncode in {0, -signal.SIGTERM}, stand.log.read_text()[-2000:]
    yield
    stand.start()


@act("service", 1.0, 8.0)
def freeze_service(stand):
    """It gets no processor for a while."""
    stand.process.send_signal(signal.SIGSTOP)
    yield
    stand.process.send_signal(signal.SIGCONT)


@act("broker", 0.2, 3.0)
def kill_broker(stand):
    """Its sessions and queues are gone with it."""
    stand.kill_broker()
    yield
    stand.start_broker()


@act("broker", 0.2, 3.0)
def wipe_broker(stand):
    """Killed, and all that it kept on disk is removed."""
    stand.kill_broker()
    stand.wipe_broker()
    yield
    stand.start_broker()


@act("broker", 1.0, 6.0)
def freeze_broker(stand):
    """It answers nothing for a while, then everything at once."""
    os.kill(stand.broker_child.process.pid, signal.SIGSTOP)
    yield
    os.kill(stand.broker_child.process.pid, signal.SIGCONT)


@act("network", *MOMENT_S)
def cut_connections(stand):
    """All of them, once."""
    stand.proxy.cut()
    yield


@act("network", 1.0, 4.0)
def cut_packets(stand):
    """Each connection after so many bytes."""
    stand.proxy.weather.cut_after = stand.chance.randrange(200, 3_000)
    yield
    stand.proxy.weather.cut_after = 0


@act("network", 1.0, 5.0)
def delay_packets(stand):
    """Each by the same time."""
    stand.proxy.weather.delay_s = stand.chance.uniform(0.05, 0.5)
    yield
    stand.proxy.weather.delay_s = 0.0


@act("network", 1.0, 5.0)
def throttle(stand):
    """8 kB a second on each connection and way, as a bad radio link has."""
    stand.proxy.weather.bytes_per_s = 8_000
    yield
    stand.proxy.weather.bytes_per_s = 0


@act("network", 1.0, 5.0)
def half_open(stand):
    """Everything is taken and nothing passed on."""
    stand.proxy.weather.swallows = True
    yield
    stand.proxy.weather.swallows = False
    stand.proxy.cut()


@act("network", 0.3, 3.0)
def refuse_connections(stand):
    """Nobody comes through, and who was through is cut."""
    stand.proxy.weather.refuses = True
    stand.proxy.cut()
    yield
    stand.proxy.weather.refuses = False


@act("service", 0.5, 6.0)
def hold_database(stand):
    """Another program holds the lock for writing; a frozen service might hold it itself."""
    holder = open_database(stand.database)
    holder.execute("BEGIN IMMEDIATE")
    yield
    holder.execute("ROLLBACK")
    holder.close()


@act("boards", *MOMENT_S)
def cut_power_of_a_board(stand):
    """What it kept is gone."""
    stand.chance.choice(stand.talkers).lose_power()
    yield


@act("boards", *MOMENT_S)
def play_back(stand):
    """A board says three in ten of all that it ever said again."""
    talker = stand.chance.choice(stand.talkers)
    talker.sent_again(0.3, talker.publish)
    yield


@act("store", 0.3, 4.0)
def kill_store(stand):
    """InfluxDB dies as by a power cut."""
    stand.influx.kill()
    yield
    stand.influx.start()


@act("store", 1.0, 6.0)
def freeze_store(stand):
    """InfluxDB takes connections and answers nothing."""
    stand.influx.process.send_signal(signal.SIGSTOP)
    yield
    stand.influx.process.send_signal(signal.SIGCONT)


def kinds(*, with_store: bool) -> dict[str, Kind]:
    """All of them, those on the store of history only where there is one."""
    return {name: kind for name, kind in KINDS.items() if with_store or kind.victim != "store"}
