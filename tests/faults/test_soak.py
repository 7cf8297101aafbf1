"""Half an hour of faults that the service lives through: it is no larger afterwards than before."""

import time

import pytest
from faults.acts import kinds
from faults.nemesis import ENDING, endure
from faults.promises import assert_kept
from faults.schedule import schedule
from faults.vitals import Growth, Vitals, is_frozen

pytestmark = [pytest.mark.broker, pytest.mark.thorough, pytest.mark.soak]
LOOK_S = 5.0
MEMORY_MB, DESCRIPTORS, THREADS, TASKS = 3.0, 2, 1, 1


@pytest.mark.timeout(7_200)
def test_half_an_hour_of_faults(shipping_stand, pytestconfig):
    """Memory, descriptors, threads and tasks stay as they were once the one process was warm."""
    stand = shipping_stand
    stand.start_ready()
    known = {name: kind for name, kind in kinds(with_store=True).items() if name not in ENDING}
    looks: list[Vitals] = []
    began_s = time.monotonic()

    def look() -> None:
        is_due = time.monotonic() - began_s >= len(looks) * LOOK_S
        if is_due and not is_frozen(stand.process.pid):
            looks.append(Vitals.of(stand.process.pid, stand.metric("vrijplek_api_tasks")))

    strikes = schedule(stand.seed, pytestconfig.getoption("--minutes") * 60, known)
    nemesis = endure(stand, strikes, look)
    (stand.folder / "vitals.txt").write_text("\n".join(map(str, looks)))
    assert stand.starts == 1
    assert_kept(stand, times=nemesis.done.total())
    growth = Growth.of(looks)
    print(f"{len(looks)} looks, {growth}, last {looks[-1]}")
    where = (growth, stand.keep_logs())
    assert growth.memory_mb <= MEMORY_MB, where
    assert growth.descriptors <= DESCRIPTORS, where
    assert growth.threads <= THREADS, where
    assert growth.tasks <= TASKS, where
