"""Our own estimator as a method of the evaluation."""

from support.sessions import write_session

from vrijplek.evaluation.ours import Ours
from vrijplek.evaluation.session import read_session


def meeting_room(folder, busy):
    """A day of a room: phones are heard while people are in, and motion now and then."""
    events, uses = [], []
    for slot, somebody in enumerate(busy):
        start = 600 * slot
        uses.append((start, start + 600, "room", 3 * somebody))
        events.append(
            (start + 1.0, "ble_count", "esp32", "", 5 + slot % 2 if somebody else slot % 2)
        )
        events += [
            (
                start + second,
                "pir_on" if somebody and second % 240 == 0 else "pir_off",
                "bms",
                "",
                0,
            )
            for second in range(0, 600, 60)
        ]
    return read_session(write_session(folder, sorted(events), uses=uses, meta={"dt": 60}))


def test_phones_heard_are_a_quantity(tmp_path):
    """Where a count of phones follows people it has a voice: more phones speak for somebody."""
    days = [
        meeting_room(tmp_path / f"day-{day}", [(slot // 3 + day) % 2 for slot in range(36)])
        for day in range(3)
    ]
    learned = Ours().learn(days).learned
    [phones] = learned.levels["room"].inputs
    assert (phones.sensor, phones.quantity) == ("esp32/level", "phones")
    assert phones.weight > 0
