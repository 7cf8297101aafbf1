"""What the demo prints when it is ready: addresses, keys, and one line each on what to try."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console

READING = (
    '{"boot":"\'$(date +%s)\'","seq":0,"oldest":0,"up":1000,'
    '"readings":[{"kind":"motion","sensor":"pir","on":true}]}'
)
HALT = '{"command":"halt","for_s":300}'
TRY = {
    "screen": "desks and rooms on a wall; never a person",
    "staff": "a free desk; a colleague who wants to be found",
    "analyst": "/v1/summary: counts of areas, never one desk",
    "facilities": "/v1/boards, and what a space was yesterday: /v1/spaces/desk-12/history",
    "admin": "all that facilities may",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the banner tells."""

    base: str
    """Address of API and pages."""
    broker: str
    """`mosquitto` or `amqtt`."""
    broker_host: str
    broker_port: int
    site: str
    keys: dict[str, str]
    links: dict[str, str]
    """Role to a sign-in link that works once."""
    floors: tuple[str, ...]
    passwords: dict[str, str]
    """At the broker, by account."""
    space: str
    """A desk or room to ask about."""
    state: str
    """The state folder, where it is not the usual one; else empty."""
    ready_s: float


def show(told: Told, console: Console) -> None:
    """Print it; lines are never broken, so that they can be copied."""

    def title(text: str) -> None:
        console.print(f"\n[bold]{text}[/]", highlight=False)

    def lines(found: Iterator[str]) -> None:
        for line in found:
            console.print(line, markup=False, highlight=False, soft_wrap=True)

    console.print(f"[bold green]vrijplek is ready[/] after {told.ready_s:.1f} s", highlight=False)
    lines(_welcome(told))
    title("Pages")
    lines(_pages(told))
    title("Keys (also in keys.json)")
    lines(f"  {role:<11} {key}  {TRY.get(role, '')}" for role, key in told.keys.items())
    title("Try")
    lines(_tries(told))


def _welcome(told: Told) -> Iterator[str]:
    yield f"broker: {told.broker} on {told.broker_host}:{told.broker_port}"
    yield "The people are invented, and working hours are set to always. Ctrl-C stops everything."
    yield "At the first start desks are unknown for a minute: a sensor that has just begun to be"
    yield "quiet proves nothing yet."


def _pages(told: Told) -> Iterator[str]:
    for role, link in told.links.items():
        yield f"  as {role:<11} {link}  (signs in once; the cookie stays)"
    yield f"  with a key     {told.base}/sign-in"
    for floor in told.floors:
        yield f"  screen on the wall  {told.base}/screen/{floor}#key={told.keys['screen']}"


def _tries(told: Told) -> Iterator[str]:
    yield "  which desks are free:"
    yield (
        f"    curl -s -H 'Authorization: Bearer {told.keys['staff']}' "
        f"'{told.base}/v1/desks?state=free'"
    )
    if "hand" in told.passwords:
        yield "  be a board: motion at the try-out desk, desk-try, makes it occupied:"
        yield f"    {_publish(told, 'hand', 'hand/readings', READING)}"
    if board := next((name for name in told.passwords if name.startswith("f0-")), None):
        yield f"  a drill: board {board} falls silent for 5 minutes, its desks become unknown:"
        yield f"    {_publish(told, 'operator', f'{board}/command', HALT)}"
    yield "  why is a desk in its state:"
    folder = f" --state {shlex.quote(told.state)}" if told.state else ""
    yield f"    .venv/bin/vrijplek explain {told.space}{folder}"


def _publish(told: Told, account: str, topic: str, payload: str) -> str:
    """A line for a shell that publishes as one of the accounts."""
    return (
        f"mosquitto_pub -h {told.broker_host} -p {told.broker_port} -i {account} -u {account} "
        f"-P {told.passwords[account]} -q 1 -t vrijplek/v1/{told.site}/{topic} -m '{payload}'"
    )
