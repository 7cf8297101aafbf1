"""States of announced entities: one message can tell of several, as each config says.

Source: home-assistant.io, MQTT binary sensor and sensor.
"""

import msgspec

from sensors.families.discovery.config import Entity
from sensors.families.discovery.templates import followed, written
from sensors.message import Message
from sensors.rejected import Reason
from sensors.spelling import number, parsed, text, yes_or_no
from sensors.statement import Flag, Hearing, Kind, Statement, note, refusal

_KINDS: dict[str, Kind] = {
    "motion": "motion",
    "presence": "presence",
    "contact": "contact",
    "binary": "binary",
}
_UNKNOWN = ("None", "nan", "NaN", "")
"""What Home Assistant takes for not known, and what it would refuse as a number."""
_entity = msgspec.json.Decoder(Entity)


class Document:
    """A payload, as text and as JSON, parsed once and only if needed."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._json: object = None
        self._is_read = self._is_json = False

    def at(self, steps: tuple[str, ...] | None) -> tuple[object, bool]:
        """What is at the end of a path, and whether it is there.

        Without steps the text. A payload that is no JSON has nothing at any path.
        """
        if steps is None:
            return text(self._message), True
        return followed(self._json, steps) if self.is_json() else (None, False)

    def is_json(self) -> bool:
        """Whether there is a JSON document."""
        if not self._is_read:
            self._is_read = True
            try:
                self._json, self._is_json = parsed(self._message.payload), True
            except ValueError:
                self._is_json = False
        return self._is_json


def states_heard(message: Message, told: tuple[str, ...]) -> Hearing:
    """What a state says of each entity that was announced for its topic.

    Args:
        message: On that topic.
        told: The entities, as the facts have them.
    """
    document, entities = Document(message), [_entity.decode(one) for one in told]
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    found = [_said(document, one, flags) for one in entities]
    said = tuple(one for one in found if isinstance(one, Statement))
    if said:
        times_s = [one.every_s for one in entities]
        every_s = max((s for s in times_s if s), default=None) if all(times_s) else None
        return Hearing(said[0].device, said, not message.retained, every_s)
    first = entities[0].device if entities else ""
    wrong = next((why for why in found if isinstance(why, str) and why.startswith("expected")), "")
    if wrong:
        return refusal(Reason.MALFORMED, wrong, first)
    why = next((why for why in found if isinstance(why, str)), "nothing is known of it")
    return note(why, first, alive=not message.retained)


def _said(document: Document, one: Entity, flags: tuple[Flag, ...]) -> Statement | str:
    """The statement, or why there is none: what was expected, or what it is instead."""
    if one.kind == "tracker":
        return "a person's tracker: not kept"
    if not one.kind:
        return "no kind of sensor that counts here"
    value, is_there = document.at(one.steps)
    if not is_there:
        return "without the field that was announced" if document.is_json() else "expected JSON"
    if one.kind in ("level", "count"):
        return _measured(value, one, flags)
    shown = written(value, one.form)
    yes = {one.on: True, one.off: False}.get(shown)
    if yes is None and isinstance(value, bool):
        yes = yes_or_no(value)
    if yes is None and value is not None and shown != "None":
        return "expected one of the announced payloads"
    return Statement(one.channel, _KINDS[one.kind], yes, device=one.device, flags=flags)


def _measured(value: object, one: Entity, flags: tuple[Flag, ...]) -> Statement | str:
    told = number(value)
    if told is None and value is not None and value not in _UNKNOWN:
        return "expected a number"
    kind: Kind = "count" if one.kind == "count" else "level"
    return Statement(
        one.channel, kind, told, one.quantity, one.unit, device=one.device, flags=flags
    )
