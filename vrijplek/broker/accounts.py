"""Accounts at the broker and what each may publish and read: deny by default, one per client.

The client id of every client is its user name, so that nobody can end another's session.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

SERVICE = "vrijplek-service"
TELLER = "vrijplek-teller"
PUBLISHER = "vrijplek-publisher"
"""Says what the states of spaces are, where settings have `publish`."""
HOME_ASSISTANT = "home-assistant"
"""Reads what the publisher says, and nothing else of ours."""
OPERATOR = "operator"
"""Looks at everything and may send commands to boards."""
REPLAY = "replay"
"""Publishes captures again, in the name of any board."""
FOREIGN_TOPICS = (
    "zigbee2mqtt/#",
    "homeassistant/#",
    "tele/#",
    "stat/#",
    "home/#",
    "shellies/#",
    "application/+/device/+/event/+",
    "v3/+/devices/+/#",
    "spBv1.0/#",
)
"""What the service may hear of families whose topics begin alike; others' prefixes are added by
hand, as users choose them."""
PBKDF2_ROUNDS = 101
"""Mosquitto's own default; the passwords are 192 random bits."""


class May(StrEnum):
    """What a rule allows."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Rule:
    """One allowance; ``%u`` as a whole level stands for the user name."""

    may: May
    topic: str


@dataclass(frozen=True, slots=True)
class Account:
    """One client of the broker."""

    name: str
    password: str
    rules: tuple[Rule, ...] = ()


def new_password() -> str:
    """A random password of 192 bits that needs no quoting in a shell."""
    return secrets.token_urlsafe(24).replace("-", "x").replace("_", "y")


def board_rules(site: str) -> tuple[Rule, ...]:
    """What every board of our own format may do: speak under its own name, hear what it is told."""
    own = f"vrijplek/v1/{site}/%u"
    return (
        Rule(May.WRITE, f"{own}/readings"),
        Rule(May.WRITE, f"{own}/status"),
        Rule(May.READ, f"{own}/ack"),
        Rule(May.READ, f"{own}/command"),
    )


def plain_rules() -> tuple[Rule, ...]:
    """What a node of ESPresense may do; its user name is the room in its topics."""
    return (
        Rule(May.WRITE, "espresense/devices/+/%u"),
        Rule(May.WRITE, "espresense/rooms/%u"),
        Rule(May.WRITE, "espresense/rooms/%u/+"),
        Rule(May.READ, "espresense/rooms/%u/+/set"),
    )


def service_rules(site: str) -> dict[str, tuple[Rule, ...]]:
    """What the accounts that are no boards may do."""
    all_of_site = f"vrijplek/v1/{site}/+"
    return {
        SERVICE: (
            Rule(May.READ, f"{all_of_site}/readings"),
            Rule(May.READ, f"{all_of_site}/status"),
            Rule(May.READ, "espresense/devices/+/+"),
            Rule(May.READ, "espresense/rooms/+"),
            Rule(May.READ, "espresense/rooms/+/+"),
            *(Rule(May.READ, topic) for topic in FOREIGN_TOPICS),
            Rule(May.READ, "$SYS/broker/publish/messages/dropped"),
        ),
        TELLER: (
            Rule(May.WRITE, f"{all_of_site}/ack"),
            Rule(May.WRITE, f"{all_of_site}/command"),
        ),
        PUBLISHER: (
            *(Rule(May.WRITE, topic) for topic in _published(site)),
            Rule(May.WRITE, "homeassistant/device/+/config"),
            Rule(May.READ, "homeassistant/status"),
        ),
        HOME_ASSISTANT: (
            *(Rule(May.READ, topic) for topic in _published(site)),
            Rule(May.READ, "homeassistant/#"),
            Rule(May.WRITE, "homeassistant/status"),
        ),
        OPERATOR: (
            Rule(May.READ, "#"),
            Rule(May.READ, "$SYS/#"),
            Rule(May.WRITE, f"{all_of_site}/command"),
            Rule(May.WRITE, "espresense/rooms/+/+/set"),
        ),
        REPLAY: (Rule(May.WRITE, f"vrijplek/v1/{site}/#"), Rule(May.WRITE, "espresense/#")),
    }


def _published(site: str) -> tuple[str, ...]:
    """Where states of spaces, counts of floors and the service itself are told."""
    of_site = f"vrijplek/v1/{site}"
    return f"{of_site}/spaces/+/state", f"{of_site}/floors/+/free", f"{of_site}/service"


def hashed(password: str, salt: bytes | None = None) -> str:
    """A password as a mosquitto password file holds it.

    Source: mosquitto 2.0, `$7$`: PBKDF2 with SHA-512, 64 bytes.

    >>> hashed("secret", b"123456789012").startswith("$7$101$MTIzNDU2Nzg5MDEy$")
    True
    """
    salt = salt or secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, PBKDF2_ROUNDS)
    encoded = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"$7${PBKDF2_ROUNDS}${'$'.join(encoded)}"


def allows(rules: tuple[Rule, ...], user: str, may: May, topic: str) -> bool:
    """Whether some rule lets a user do this with a topic or a subscription filter.

    >>> allows(board_rules("hq"), "b1", May.WRITE, "vrijplek/v1/hq/b2/readings")
    False
    """
    return any(rule.may is may and covers(rule.topic.replace("%u", user), topic) for rule in rules)


def covers(pattern: str, topic: str) -> bool:
    """Whether a filter matches all that a topic or another filter stands for.

    >>> covers("a/+/c", "a/b/c"), covers("a/#", "a"), covers("a/+", "a/#"), covers("#", "$SYS/x")
    (True, True, False, False)
    """
    if topic.startswith("$") != pattern.startswith("$"):
        return False
    wanted, given = pattern.split("/"), topic.split("/")
    for i, level in enumerate(wanted):
        if level == "#":
            return True
        if i >= len(given) or given[i] == "#" or (level not in {"+", given[i]}):
            return False
    return len(wanted) == len(given)
