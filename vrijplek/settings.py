"""The settings of a service: one YAML file, and three variables of the environment above it.

Owns names, defaults and ranges; docs/settings.md lists them, a test holds it complete.
"""

import json
import os
import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from vrijplek.errors import FileProblemsError, UsageError
from vrijplek.yamlfile import Shape, read_yaml, validate, wanted

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = get_args(Day)
MAX_PORT = 65535


def _time_of_day(value: object) -> time:
    """A time as people write it, in quotes or not."""
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise wanted('a time of day such as "07:00"') from None


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


class HttpSettings(Shape):
    """Where the API and the pages answer."""

    host: str = "127.0.0.1"
    """Address to listen on; VRIJPLEK_HOST goes before it."""
    port: Annotated[int, Field(ge=0, le=MAX_PORT)] = 8000
    """Port to listen on; VRIJPLEK_PORT goes before it."""
    https: bool = False
    """Whether a proxy in front speaks https, so that cookies are marked Secure."""
    origins: tuple[str, ...] = ()
    """Other origins whose scripts may read answers."""


class BrokerSettings(Shape):
    """Which MQTT broker the service listens to."""

    host: str = "127.0.0.1"
    """Name or address of the broker."""
    port: Annotated[int, Field(ge=1, le=MAX_PORT)] = 1883
    """Its port."""
    username: str = ""
    """Account that reads; also the client id, which keeps the session."""
    password_file: Path | None = None
    """File with its password alone."""
    teller_username: str = ""
    """Account that tells boards what is safe."""
    teller_password_file: Path | None = None
    """File with its password alone."""
    publisher_username: str = ""
    """Account that says in which states the spaces are, for `publish`."""
    publisher_password_file: Path | None = None
    """File with its password alone."""
    mqtt5: bool = True
    """False for a broker that speaks only MQTT 3.1.1."""

    @field_validator("teller_username", "publisher_username")
    @classmethod
    def _is_another(cls, name: str, info: ValidationInfo) -> str:
        for other in ("username", "teller_username"):
            if name and name == info.data.get(other):
                raise wanted(f"another account than `{other}`: a client id may be connected once")
        return name


def _topic(text: str) -> str:
    """The first levels of topics, as they may be published to."""
    if not re.fullmatch(r"[^/+#$\s]+(/[^/+#\s]+)*", text):
        raise wanted("levels of a topic such as vrijplek/v1, without + and #")
    return text


TopicPrefix = Annotated[str, AfterValidator(_topic)]


class PublishSettings(Shape):
    """States and counts as retained MQTT topics, which Home Assistant finds by itself."""

    prefix: TopicPrefix = "vrijplek/v1"
    """Before the site in topics of states and counts."""
    discovery_prefix: TopicPrefix = "homeassistant"
    """Where Home Assistant looks for what it should show."""
    language: Literal["nl", "en"] = "nl"
    """Of the names that it shows."""


class InfluxSettings(Shape):
    """The InfluxDB that is the store of record for history; without it the embedded store is."""

    url: str
    """Its address, such as http://127.0.0.1:8086."""
    token_file: Path | None = None
    """File with the token alone, for 2 and 3."""
    username: str = ""
    """Account, for 1."""
    password_file: Path | None = None
    """File with its password alone."""
    organisation: str = ""
    """For 2."""
    transitions: str = "vrijplek-transitions"
    """Bucket or database of what the service and facilities read; kept for 30 days."""
    aggregates: str = "vrijplek-aggregates"
    """Bucket or database of what analysts may read; kept for 13 months."""
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 10.0
    """For one request."""
    quota_mb: Annotated[int, Field(ge=1)] = 512
    """What may wait for it on the disk before readings make room."""

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise wanted("an address such as http://127.0.0.1:8086")
        return url

    @model_validator(mode="after")
    def _are_two(self) -> "InfluxSettings":
        if self.transitions == self.aggregates:
            raise wanted("another name for `aggregates`: who reads those may not read transitions")
        return self


class FinderSettings(Shape):
    """The colleague finder: off unless all three are given."""

    dpia_ref: str
    """Reference to the data protection impact assessment."""
    works_council_ref: str
    """Reference to the works council's consent."""
    since: date
    """The day from which that consent holds."""


class HoursSettings(Shape):
    """When persons may be looked for."""

    days: tuple[Day, ...] = DAYS[:5]
    """Days of the week, in English."""
    start: TimeOfDay = time(7)
    """Local time, as "07:00"."""
    end: TimeOfDay = time(19)
    """Local time, as "19:00"; later than `start`."""

    @field_validator("days")
    @classmethod
    def _has_a_day(cls, days: tuple[Day, ...]) -> tuple[Day, ...]:
        if not days:
            raise wanted("at least one day, such as monday")
        return days

    @model_validator(mode="after")
    def _has_an_hour(self) -> "HoursSettings":
        if self.end <= self.start:
            raise wanted("`end` later than `start`: hours lie within one day")
        return self


class Settings(Shape):
    """All settings of one service."""

    building: Path
    """The building file."""
    state: Path = Path(".vrijplek")
    """Folder for all that the service keeps; VRIJPLEK_STATE goes before it."""
    http: HttpSettings = HttpSettings()
    broker: BrokerSettings = BrokerSettings()
    influx: InfluxSettings | None = None
    """Where history is kept beside the embedded store."""
    publish: PublishSettings | None = None
    """What goes out by MQTT; nothing where left out."""
    finder: FinderSettings | None = None
    working_hours: HoursSettings | Literal["always"] = HoursSettings()
    """Outside them readings of persons are dropped unread; "always" is for demos."""
    invented_people: bool = False
    """Whether the people are made up, which every page then says."""
    speed: Annotated[float, Field(gt=0, le=1000)] = 1.0
    """How many times as fast as the wall clock the service's own clock goes."""
    start: Annotated[int, Field(ge=0)] | None = None
    """What its clock shows at the start, ms UTC; the wall clock where left out."""

    @field_validator("working_hours", mode="before")
    @classmethod
    def _hours_or_always(cls, value: object) -> object:
        """Problems of the hours alone, not that they are no `always` either."""
        if isinstance(value, dict):
            return HoursSettings.model_validate_json(json.dumps(value))
        if value != "always" and not isinstance(value, HoursSettings):
            raise wanted("`always`, or a mapping of days, start and end")
        return value


def read_settings(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in a file, with paths relative to that file, and the environment above them.

    Raises:
        OSError: If the file can't be read.
        FileProblemsError: With everything that is wrong with it.
    """
    document = read_yaml(path)
    found = validate(document, Settings)
    if not isinstance(found, Settings):
        raise FileProblemsError((*document.problems, *found))
    if document.problems:
        raise FileProblemsError(document.problems)
    return overruled(anchored(found, path.parent), environment)


def anchored(settings: Settings, folder: Path) -> Settings:
    """Settings with every relative path taken from a folder."""
    kept = {
        "building": folder / settings.building,
        "state": folder / settings.state,
        "broker": _anchored(settings.broker, folder),
    }
    if settings.influx is not None:
        kept["influx"] = _anchored(settings.influx, folder)
    return settings.model_copy(update=kept)


Group = TypeVar("Group", BrokerSettings, InfluxSettings)


def _anchored(group: Group, folder: Path) -> Group:
    files = {
        name: folder / file for name, file in group if name.endswith("_file") and file is not None
    }
    return group.model_copy(update=files)


def overruled(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """Settings with VRIJPLEK_HOST, VRIJPLEK_PORT and VRIJPLEK_STATE above them.

    Raises:
        UsageError: If VRIJPLEK_PORT is no port.
    """
    http: dict[str, object] = {}
    if host := environment.get("VRIJPLEK_HOST"):
        http["host"] = host
    if port := environment.get("VRIJPLEK_PORT"):
        http["port"] = port_of(port)
    update: dict[str, object] = {"http": settings.http.model_copy(update=http)}
    if state := environment.get("VRIJPLEK_STATE"):
        update["state"] = Path(state)
    return settings.model_copy(update=update)


def port_of(text: str) -> int:
    """The port that VRIJPLEK_PORT names.

    Raises:
        UsageError: If it names none.
    """
    if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= MAX_PORT:
        return int(text)
    raise UsageError(f"VRIJPLEK_PORT: found {text!r}, expected a port from 0 to {MAX_PORT}")
