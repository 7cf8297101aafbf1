"""Wills: what a device, or the broker in its name, says of whether it is there."""

from sensors.message import Message
from sensors.rejected import Reason
from sensors.spelling import text, yes_or_no
from sensors.statement import Hearing, note, refusal


def will_heard(message: Message, device: str) -> Hearing:
    """A goodbye, which counts retained or not; or a sign of life, which only a live one is."""
    if not message.payload.strip():
        return note("nothing is kept here any more", device)
    state = yes_or_no(text(message))
    if state is None:
        leaf = message.topic.rpartition("/")[2][:16]
        return refusal(Reason.MALFORMED, f"{leaf}: expected online or offline", device)
    if not state:
        return Hearing(device, alive=False, gone=True)
    return note("the device is online", device, alive=not message.retained)
