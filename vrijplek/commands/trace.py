"""`vrijplek trace`: live, what becomes of each message, from topic to state."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sensors.topic import captured
from vrijplek.broker.accounts import OPERATOR
from vrijplek.capture import Recorded
from vrijplek.commands.ask import ask
from vrijplek.commands.state import (
    BrokerOption,
    LookedAtOption,
    PasswordFileOption,
    StateOption,
    building_of,
    key_of,
    keys_of,
)
from vrijplek.decoding.heard import Outcome, rfc3339
from vrijplek.decoding.reader import Reader
from vrijplek.decoding.words import explained
from vrijplek.errors import CommandError
from vrijplek.running import Running
from vrijplek.tapping import Tap, address_of

SETTLE_S = 1.2
"""The service decides each second; a state is asked for after that."""


def trace(
    config: LookedAtOption = "",
    topic: Annotated[str, typer.Option(help="Only topics that this filter matches.")] = "#",
    sensor: Annotated[str, typer.Option(help="Only sensors whose name has this in it.")] = "",
    space: Annotated[str, typer.Option(help="Only what concerns this space.")] = "",
    for_s: Annotated[
        float | None, typer.Option("--for", min=0.1, help="Seconds; without end where left out.")
    ] = None,
    state: StateOption = Path(".vrijplek"),
    broker: BrokerOption = "",
    username: Annotated[str, typer.Option(help="Account at that broker.")] = OPERATOR,
    password_file: PasswordFileOption = None,
) -> None:
    """Show live what becomes of each message: family, meaning, sensor, and the space's state.

    It listens beside the service and hears what the service hears. What is ignored says why:
    retained, repeated, nobody's, not mapped, refused. The state is asked of the running service a
    moment later, where its key is known (VRIJPLEK_KEY, or a demo's).

    For example:

        vrijplek trace --config hq.yaml --space desk-12
        vrijplek trace --config hq.yaml --topic 'zigbee2mqtt/#'
    """
    building = building_of(config, state, is_its_own=not broker)
    reader = Reader(building, keys=keys_of(state, is_its_own=not broker))
    tap = Tap(address_of(state, broker, username, password_file), (topic,))
    states = _States(state)
    console = Console(highlight=False)
    is_listening = False
    for one in tap.messages(for_s):
        if not is_listening:
            is_listening = True
            Console(stderr=True).print(f"listening to {topic}; Ctrl-C ends it", highlight=False)
        if one is None:
            states.tell(console)
            continue
        outcome = _narrowed(reader.read(one), sensor, space)
        if _is_wanted(outcome, one, topic, sensor, space):
            console.print(_line(one, outcome), markup=False, soft_wrap=True)
            states.await_those_of(outcome)
        states.tell(console)
    if tap.dropped:
        console.print(f"{tap.dropped} messages came too fast to be looked at")


def _is_wanted(outcome: Outcome, one: Recorded, topic: str, sensor: str, space: str) -> bool:
    if captured(topic, one.topic or "") is None:
        return False
    if sensor and not any(sensor in reading.sensor for reading in outcome.readings):
        return False
    return not space or any(reading.space == space for reading in outcome.readings)


def _narrowed(outcome: Outcome, sensor: str, space: str) -> Outcome:
    """Only the readings that were asked for."""
    readings = tuple(
        reading
        for reading in outcome.readings
        if sensor in reading.sensor and space in ("", reading.space)
    )
    return replace(outcome, readings=readings)


def _line(one: Recorded, outcome: Outcome) -> str:
    when = rfc3339(one.at_ms) if one.at_ms is not None else ""
    head, *rest = explained(outcome).splitlines()
    family = head.partition("(")[2].rstrip(")")
    kept = ", retained" if one.retain else ""
    shown = (one.topic or "").encode("unicode_escape").decode() if one.topic else "no topic"
    return "\n".join((f"{when} {_masked(shown, family)} ({family}{kept})", *rest))


def _masked(topic: str, family: str) -> str:
    """The topic without the part that may name a person: the id of a tag that was heard."""
    levels = topic.split("/")
    if family == "espresense" and len(levels) > 2 and levels[1] == "devices":
        levels[2] = "*"
    if "BTtoMQTT" in levels[:-1]:
        levels[-1] = "*"
    return "/".join(levels)


class _States:
    """States to ask the running service for, a moment after a reading.

    Args:
        folder: State folder of the service.
    """

    def __init__(self, folder: Path) -> None:
        self._due_s: dict[str, float] = {}
        self._last: dict[str, str] = {}
        try:
            self._base, self._key = Running.read(folder).http, key_of(folder, "facilities")
        except CommandError:
            self._base, self._key = "", os.environ.get("VRIJPLEK_KEY", "")

    def await_those_of(self, outcome: Outcome) -> None:
        """Remember which spaces a message concerns."""
        for reading in outcome.readings:
            if reading.space and self._base:
                self._due_s.setdefault(reading.space, time.monotonic() + SETTLE_S)

    def tell(self, console: Console) -> None:
        """Print the states that are due."""
        for space in [s for s, due_s in self._due_s.items() if due_s <= time.monotonic()]:
            del self._due_s[space]
            try:
                told = ask(self._base, f"/v1/spaces/{space}", self._key)
            except CommandError as error:
                console.print(f"  => {space}: {error}", markup=False)
                continue
            before, now = self._last.get(space), str(told.get("state"))
            self._last[space] = now
            how = f"is {now}" if before in (None, now) else f"went from {before} to {now}"
            console.print(
                f"  => {space} {how}, probability {told.get('probability')}", markup=False
            )
