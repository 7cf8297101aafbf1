"""Messages: what each is called, what it is for, and an example of it."""

from dataclasses import dataclass

import msgspec

from sensors.families.own import wire
from vrijplek.asyncapi.schemas import PLACE, Json


@dataclass(frozen=True, slots=True)
class Example:
    """One payload as it may be sent."""

    name: str
    summary: str
    payload: Json


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the format."""

    name: str
    title: str
    summary: str
    struct: type[msgspec.Struct]
    examples: tuple[Example, ...]

    def described(self) -> Json:
        """The message as AsyncAPI describes it."""
        examples = [
            {"name": e.name, "summary": e.summary, "payload": e.payload} for e in self.examples
        ]
        return {
            "name": self.name,
            "title": self.title,
            "summary": self.summary,
            "contentType": "application/json",
            "payload": {"$ref": PLACE + self.struct.__name__},
            "examples": examples,
        }


BOOT = "9f3a61c2"

READINGS = Told(
    "readings",
    "Readings",
    "What the sensors of a board said since its last message.",
    wire.Readings,
    (
        Example(
            "batch",
            "One reading of each kind, from a board that has a clock.",
            {
                "boot": BOOT,
                "seq": 118,
                "oldest": 112,
                "up": 530_211,
                "t": 1_764_000_000_123,
                "readings": [
                    {"kind": "motion", "sensor": "pir-1", "on": True, "up": 529_870},
                    {"kind": "presence", "sensor": "radar-1", "present": True},
                    {
                        "kind": "sightings",
                        "sensor": "ble",
                        "heard": [["c3:00:00:00:00:2a", -71, 529_100], ["c3:00:00:00:00:31", -80]],
                    },
                    {"kind": "count", "sensor": "gate", "count": 3},
                    {
                        "kind": "level",
                        "sensor": "co2",
                        "quantity": "co2",
                        "value": 612.0,
                        "unit": "ppm",
                    },
                    {"kind": "contact", "sensor": "door-1", "open": False},
                    {"kind": "heartbeat", "every_s": 30, "on": {"pir-1": True, "radar-1": True}},
                ],
            },
        ),
        Example(
            "smallest",
            "The first message of a boot: a sign of life.",
            {
                "boot": BOOT,
                "seq": 0,
                "oldest": 0,
                "up": 1500,
                "readings": [{"kind": "heartbeat", "every_s": 30}],
            },
        ),
    ),
)
STATUS = Told(
    "status",
    "Status",
    "Birth, last will and goodbye, retained.",
    wire.BoardStatus,
    (
        Example(
            "birth",
            "As soon as the board is connected.",
            {"state": "online", "boot": BOOT, "up": 812, "firmware": "1.0.0"},
        ),
        Example(
            "goodbye",
            "The last will, and what a board says before a planned restart.",
            {"state": "offline", "boot": BOOT},
        ),
    ),
)
ACKNOWLEDGEMENT = Told(
    "acknowledgement",
    "Acknowledgement",
    "All messages of this boot up to `durable` are on disk, or written down as a gap.",
    wire.Acknowledgement,
    (
        Example(
            "durable", "The board may forget 118 and all before.", {"boot": BOOT, "durable": 118}
        ),
    ),
)
COMMANDS = (
    Told(
        "report",
        "Report",
        "Send a heartbeat with the present levels.",
        wire.Report,
        (Example("report", "It has no fields.", {"command": "report"}),),
    ),
    Told(
        "resend",
        "Resend",
        "Send again what is still kept, from a `seq` on.",
        wire.Resend,
        (
            Example(
                "resend",
                "113 has not come while later ones have.",
                {"command": "resend", "boot": BOOT, "from": 113},
            ),
        ),
    ),
    Told(
        "restart",
        "Restart",
        "Say goodbye and boot again.",
        wire.Restart,
        (Example("restart", "It has no fields.", {"command": "restart"}),),
    ),
    Told(
        "halt",
        "Halt",
        "A drill: fall silent without a goodbye, and boot again after that time.",
        wire.Halt,
        (Example("halt", "Silent for two minutes.", {"command": "halt", "for_s": 120}),),
    ),
)
MESSAGES = (READINGS, STATUS, ACKNOWLEDGEMENT, *COMMANDS)
