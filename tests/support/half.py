"""The listening half of a service, as health and metrics see it."""

from types import SimpleNamespace

from support.office import START_MS

from ingest.counters import Counters


class Box:
    """A mailbox of which a test says how full it is."""

    size = 100
    dropped = 3
    waiting = 0

    def __len__(self):
        return self.waiting


class Half:
    """The listening half of a service that is well, until a test says otherwise."""

    def __init__(self):
        self.is_running = True
        self.mailbox = Box()
        self.session = SimpleNamespace(
            connected=True,
            unheard=(),
            following=SimpleNamespace(unheard=()),
            connections=2,
            sessions_lost=1,
            dropped=8,
        )
        self.clock = SimpleNamespace(ms=START_MS, speed=1.0, steps=4)
        self.clock.now_ms = lambda: self.clock.ms
        self.teller = SimpleNamespace(resends=6, reports=5)
        estimator = SimpleNamespace(
            drifts=lambda: {"b1/ble": -2.5},
            watch=SimpleNamespace(distrusted=lambda: ("b1/pir", "b2/pir")),
        )
        patience = SimpleNamespace(trouble="", waits=2)
        self.pipeline = SimpleNamespace(counters=Counters(), estimator=estimator, patience=patience)
