"""A service that breaks one promise, to prove that the checker notices: `mutant.py NAME run`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from ingest.journal import Journal
from ingest.listener import Listener
from ingest.losses import Losses
from ingest.outbox import Outbox
from occupancy.store.sqlite import SqliteHistory
from sensors.ledger import Ledger
from vrijplek.__main__ import main


def acknowledges_before_commit() -> None:
    """Boards are told that all they said is durable as soon as it is heard."""
    told = Listener._round

    def early(self: Listener, timeout_s: float) -> None:
        told(self, timeout_s)
        for board, memory in self.pipeline.memory.boards.items():
            memory.ledger.durable = max(memory.ledger.durable, 10**6)
            self.teller.note({board})

    Listener._round = early


def counts_a_duplicate_twice() -> None:
    """What was sent again is taken as new."""
    Ledger.knows = lambda *_: False


def loses_a_gap() -> None:
    """What never came is not written down."""
    Losses.lose = lambda *_: None


def drops_a_page() -> None:
    """Every fifth page with entries is acknowledged and not written."""
    append, count = Journal.append, [0]

    def forgetful(self: Journal, page: object, at_ms: int) -> int:
        count[0] += bool(page.entries)
        if page.entries and count[0] % 5 == 0:
            return append(self, type(page)((), page.tick_ms), at_ms)
        return append(self, page, at_ms)

    Journal.append = forgetful


def drops_an_outbox_row() -> None:
    """The first point of each posting never reaches the outbox."""
    post = Outbox.post
    Outbox.post = lambda self, stream, points, at_ms: post(self, stream, points[1:], at_ms)


def forgets_transitions() -> None:
    """What every other round has decided is told and never written down."""
    append, count = SqliteHistory.append, [0]

    def forgetful(self: SqliteHistory, transitions: list) -> None:
        count[0] += bool(transitions)
        if count[0] % 2:
            append(self, transitions)

    SqliteHistory.append = forgetful


def invents() -> None:
    """A message is taken down under another number."""
    append = Journal.append

    def inventive(self: Journal, page: object, at_ms: int) -> int:
        entries = tuple(
            type(e)(e.board, e.received_ms, e.readings, type(e.stamp)("made", 1, 0, 0))
            if e.stamp is not None and e.stamp.seq == 3
            else e
            for e in page.entries
        )
        return append(self, type(page)(entries, page.tick_ms), at_ms)

    Journal.append = inventive


MUTANTS = {
    mutant.__name__: mutant
    for mutant in (
        acknowledges_before_commit,
        counts_a_duplicate_twice,
        loses_a_gap,
        drops_a_page,
        drops_an_outbox_row,
        forgets_transitions,
        invents,
    )
}

if __name__ == "__main__":
    MUTANTS[sys.argv.pop(1)]()
    main()
