"""Header: what a building file says of the site, and the shape of a file as a whole."""

from collections.abc import Mapping
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, ConfigDict, Field, JsonValue

from vrijplek.building.device import BoardEntry, SensorEntry
from vrijplek.building.entry import SpaceEntry
from vrijplek.building.mapping import MappingEntry
from vrijplek.building.words import PERSONAL, BoardId, BuildingShape, Name
from vrijplek.yamlfile import nearest, wanted

SITE_KEYS = ("site", "name", "time_zone")
"""What the main file must say, and no included one may."""


def _known_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zones = {zone.lower(): zone for zone in available_timezones()}
        like = zones.get(nearest(text, zones) or "", "Europe/Amsterdam")
        raise wanted(f"a time zone such as `{like}`") from None
    return text


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class IncludedFile(BuildingShape):
    """A file that another includes; its lines are looked at one by one."""

    refused: ClassVar[Mapping[str, str]] = {
        **PERSONAL,
        **dict.fromkeys(SITE_KEYS, "none in an included file: the main file alone names the site"),
    }

    include: tuple[str, ...] = ()
    """More files with spaces, boards and sensors; paths relative to this file."""
    spaces: tuple[JsonValue, ...] = ()
    """The building, its floors, zones, rooms and desks."""
    boards: tuple[JsonValue, ...] = ()
    """Devices with sensors on them."""
    sensors: tuple[JsonValue, ...] = ()
    """The channels of the boards."""
    mappings: tuple[JsonValue, ...] = ()
    """Devices of foreign families whose names tell what they see."""


class MainFile(IncludedFile):
    """The file that is named on the command line."""

    refused: ClassVar[Mapping[str, str]] = PERSONAL

    site: BoardId
    """Id of the site, part of the MQTT topics."""
    name: Name
    """Name of the site, one text or `{nl: ..., en: ...}`."""
    time_zone: TimeZone
    """Zone of opening hours and days, such as `Europe/Amsterdam`."""


class BuildingFile(BuildingShape):
    """A building file of vrijplek, for editors: the main one, or one that it includes."""

    model_config = ConfigDict(
        json_schema_extra={"dependentRequired": {key: list(SITE_KEYS) for key in SITE_KEYS}}
    )

    site: BoardId | None = Field(None, description=MainFile.model_fields["site"].description)
    name: Name | None = Field(None, description=MainFile.model_fields["name"].description)
    time_zone: str | None = Field(None, description=MainFile.model_fields["time_zone"].description)
    include: tuple[str, ...] = ()
    """More files with spaces, boards and sensors; paths relative to this file."""
    spaces: tuple[Annotated[SpaceEntry, Field(discriminator="kind")], ...] = ()
    """The building, its floors, zones, rooms and desks."""
    boards: tuple[BoardEntry, ...] = ()
    """Devices with sensors on them."""
    sensors: tuple[Annotated[SensorEntry, Field(discriminator="kind")], ...] = ()
    """The channels of the boards."""
    mappings: tuple[MappingEntry, ...] = ()
    """Devices of foreign families whose names tell what they see."""
