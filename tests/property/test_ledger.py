"""The ledger against a model that keeps everything."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.entry import Stamp
from sensors.ledger import Ledger

stamps = st.integers(0, 30).flatmap(
    lambda seq: st.tuples(st.just(seq), st.integers(max(seq - 8, 0), seq) | st.just(0))
)


class Model:
    """What came and what was given up, as plain sets."""

    def __init__(self):
        self.came, self.lost = set(), set()
        self.start = 0

    def take(self, seq, oldest, *, first):
        """One message."""
        if first:
            self.start = oldest
        self.came.add(seq)
        self.lost |= {n for n in range(self.start, oldest) if n not in self.came}

    @property
    def durable(self):
        """All up to here has come or is lost."""
        done = self.start - 1
        while done + 1 in self.came | self.lost:
            done += 1
        return done


@settings(max_examples=200)
@given(st.lists(stamps, min_size=1, max_size=40))
def test_a_ledger_knows_what_a_list_of_everything_knows(stream):
    """Durable, known and hole agree, and each gap begins and ends with something lost."""
    ledger, model, first = Ledger(), Model(), True
    for seq, oldest in stream:
        stamp = Stamp("a", seq, oldest, 1)
        if ledger.knows(stamp):
            continue
        lost_before = set(model.lost)
        gap = ledger.take("d1", stamp, 1)
        model.take(seq, oldest, first=first)
        first = False
        assert ledger.durable == model.durable
        behind = {n for n in model.came if n > model.durable}
        assert ledger.ahead == behind
        assert ledger.hole == (model.durable + 1 if behind else None)
        lost = model.lost - lost_before
        assert (gap is not None) == bool(lost)
        if gap is not None:
            assert (gap.first, gap.last) == (min(lost), max(lost))
    for seq in range(model.start, 32):
        assert ledger.knows(Stamp("a", seq, 0, 1)) == (seq in model.came | model.lost)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from("abc"), stamps), max_size=40))
def test_a_ledger_only_goes_forward(stream):
    """Within a boot `durable` never falls, and a boot that was replaced stays replaced."""
    ledger = Ledger()
    for boot, (seq, oldest) in stream:
        stamp = Stamp(boot, seq, oldest, 1)
        if ledger.is_superseded(stamp) or ledger.knows(stamp):
            continue
        known, durable = ledger.boot, ledger.durable
        ledger.take("d1", stamp, 1)
        assert ledger.boot == boot
        assert ledger.durable >= durable or known != boot
        assert ledger.knows(stamp)
        assert boot not in ledger.past
        assert known in ("", boot, *ledger.past)
